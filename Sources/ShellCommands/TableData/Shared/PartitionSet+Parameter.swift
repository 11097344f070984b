package import CommandLineKit
package import Copying

extension PartitionSet: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> PartitionSet {
    do {
      return try PartitionSet(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw ParameterError(error.description)
    }
  }

  package static var typeName: String { "partitions, as in 0-31,40" }
  package var defaultText: String? { description }
}
