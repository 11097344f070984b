package import CommandLineKit
package import Configuration

/// Addresses are typed by the rule by which they are configured.
extension ServerAddress: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> ServerAddress {
    guard let address = ServerAddress(String(decoding: bytes, as: UTF8.self)) else {
      throw ParameterError("host:port is expected")
    }
    return address
  }
  package static var typeName: String { "host:port" }
  package var defaultText: String? { description }
}
