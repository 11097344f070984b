/// A server's address as configured; the host is not resolved.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `host:port` or `[v6 address]:port`; nil when it is neither.
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
    let isName = host.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0.value != 0x7F && !"/,@%".unicodeScalars.contains($0)
    }
    guard !host.isEmpty, isName else { return nil }
    self.init(host: String(host), port: port)
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Reads addresses between commas; the error names the first item that is none.
  package static func list(_ text: String) -> Result<[ServerAddress], ConfigurationError> {
    var addresses: [ServerAddress] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let trimmed = INIDocument.trimmed(item)
      guard let address = ServerAddress(trimmed) else {
        return .failure(ConfigurationError("host:port is expected, not '\(trimmed)'"))
      }
      if !addresses.contains(address) { addresses.append(address) }
    }
    return .success(addresses)
  }
}
