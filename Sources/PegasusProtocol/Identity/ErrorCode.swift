package import Bytes
package import Thrift

/// An rDSN error code: only its name travels. Three places carry one: the frame, `err` in admin results, and lists.
package struct ErrorCode: Hashable, Sendable, CustomStringConvertible {
  /// As on the wire, `ERR_OK`. A name nobody knows is kept.
  package var name: String

  package init(name: String) {
    self.name = name
  }

  /// The name without `ERR_`, in lower-case words: "object not found".
  package var words: String {
    let body = name.hasPrefix("ERR_") ? name.dropFirst(4) : Substring(name)
    return body.lowercased().split(separator: "_").joined(separator: " ")
  }

  package var description: String { name }
}

extension ErrorCode: ThriftValue {
  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    let bytes = try reader.readBlobView()
    // Nearly every code read is this one, and it costs no string.
    if bytes.isOK {
      self = .ok
    } else {
      name = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
  }

  package func encode(into buffer: inout ByteBuffer) {
    name.encode(into: &buffer)
  }
}

extension RawSpan {
  /// Whether these bytes read `ERR_OK`.
  var isOK: Bool {
    guard byteCount == 6 else { return false }
    let head = unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self)
    let tail = unsafeLoadUnaligned(fromUncheckedByteOffset: 4, as: UInt16.self)
    return UInt32(bigEndian: head) == 0x4552_525f && UInt16(bigEndian: tail) == 0x4f4b
  }
}
