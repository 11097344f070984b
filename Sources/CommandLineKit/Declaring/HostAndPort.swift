/// A node's address as typed: `host:port`, `[v6 address]:port`. The host is not resolved.
package struct HostAndPort: ParameterValue, Hashable, CustomStringConvertible {
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `host:port`; nil when the host is empty or has a blank, or the port is not a number from 1 to 65535.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
      return nil
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    let allowed = host.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "/") }
    guard !host.isEmpty, allowed else { return nil }
    self.init(host: String(host), port: port)
  }

  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> HostAndPort {
    guard let address = HostAndPort(String(decoding: bytes, as: UTF8.self)) else {
      throw ParameterError("host:port is expected")
    }
    return address
  }
  package static var typeName: String { "host:port" }
  package var defaultText: String? { description }
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
