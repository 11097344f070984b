package import Bytes
package import Thrift

/// An IPv4 address and port as Pegasus packs it: `ipv4 << 32 | port << 16 | type`.
///
/// Only "invalid" (0) and IPv4 (type 1) exist here: a server aborts on any other type it reads.
package struct RPCAddress: Hashable, Sendable, CustomStringConvertible {
  /// Zero for invalid, otherwise the packed form.
  package let value: Int64

  /// The invalid address: nobody.
  package init() {
    value = 0
  }

  /// `ipv4` as the usual big-endian number: 127.0.0.1 is `0x7f000001`.
  package init(ipv4: UInt32, port: UInt16) {
    value = Int64(bitPattern: UInt64(ipv4) << 32 | UInt64(port) << 16 | 1)
  }

  /// Nil when `value` is neither invalid nor an IPv4 address.
  package init?(value: Int64) {
    guard value & 3 == 1 || value == 0 else { return nil }
    self.value = value
  }

  /// Reads `10.1.2.3:34801`, and the empty string as invalid; nil for a name.
  package init?(_ text: String) {
    if text.isEmpty {
      self.init()
      return
    }
    guard let hostPort = HostPort(text), hostPort.isValid else { return nil }
    self.init(host: hostPort.host, port: hostPort.port)
  }

  /// `host` has to be a dotted quad.
  package init?(host: String, port: UInt16) {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var ipv4: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part) else { return nil }
      ipv4 = ipv4 << 8 | UInt32(byte)
    }
    self.init(ipv4: ipv4, port: port)
  }

  package var isValid: Bool { value != 0 }
  package var ipv4: UInt32 { UInt32(truncatingIfNeeded: value >> 32) }
  package var port: UInt16 { UInt16(truncatingIfNeeded: value >> 16) }
  package var host: String { "\(ipv4 >> 24).\(ipv4 >> 16 & 255).\(ipv4 >> 8 & 255).\(ipv4 & 255)" }
  /// Host and port, invalid when this is.
  package var hostPort: HostPort { isValid ? HostPort(host: host, port: port) : HostPort() }
  package var description: String { isValid ? "\(host):\(port)" : "" }
}

extension RPCAddress: ThriftValue, WireOrdered {
  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let value = try reader.read(bigEndian: Int64.self)
    guard let address = RPCAddress(value: value) else {
      throw .invalid("address of type \(value & 3)", at: start)
    }
    self = address
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: value)
  }

  package func precedes(_ other: RPCAddress) -> Bool {
    UInt64(bitPattern: value) < UInt64(bitPattern: other.value)
  }
}
