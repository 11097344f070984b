package import Bytes
package import Thrift

/// A host, by name or dotted quad, and a port. Servers from 2.6 on send it beside every address, in `hp_` fields.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
  package var host: String
  package var port: UInt16
  /// False for "nobody". Such a value still carries what stood in its fields.
  package var isValid: Bool

  /// Nobody.
  package init() {
    host = ""
    port = 0
    isValid = false
  }

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
    isValid = true
  }

  /// Reads `host:port`; nil for anything else.
  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return nil }
    guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    self.init(host: String(text[..<colon]), port: port)
  }

  package var description: String { isValid ? "\(host):\(port)" : "" }
}

extension HostPort: ThriftValue, WireOrdered {
  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    host = try String(decoding: &reader)
    port = try reader.read(bigEndian: UInt16.self)
    let start = reader.offset
    let type = try reader.readByte()
    guard type <= 1 else { throw .invalid("host and port of type \(type)", at: start) }
    isValid = type == 1
  }

  package func encode(into buffer: inout ByteBuffer) {
    host.encode(into: &buffer)
    buffer.append(bigEndian: port)
    buffer.append(isValid ? 1 as UInt8 : 0)
  }

  package func precedes(_ other: HostPort) -> Bool {
    host == other.host ? port < other.port : host.precedes(other.host)
  }
}
