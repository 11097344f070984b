package import CommandLineKit
import PegasusProtocol

/// The two words that make a key.
package struct KeyArguments: ParameterSet {
  package static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "any bytes"), .argument(\.sortKey, "sort_key", help: "any bytes"),
  ]

  package var hashKey: [UInt8] = []
  package var sortKey: [UInt8] = []

  package init() {}

  /// - Throws: `ShellError` for a hash key that no server takes
  func key() throws(ShellError) -> PegasusKey {
    do {
      return try PegasusKey(hashKey: hashKey, sortKey: sortKey)
    } catch {
      throw ShellError("the hash key is too long: \(error)", status: .usage)
    }
  }
}
