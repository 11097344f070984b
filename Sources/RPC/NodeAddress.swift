/// A server: its host, by name or number, and its port.
package struct NodeAddress: Hashable, Sendable, CustomStringConvertible, Comparable {
  package var host: String
  package var port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `host:port`, and `[v6]:port`; nil for anything else.
  package init?(text: String) {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else { return nil }
    self.init(host: String(host), port: port)
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  package static func < (left: NodeAddress, right: NodeAddress) -> Bool {
    (left.host, left.port) < (right.host, right.port)
  }
}
