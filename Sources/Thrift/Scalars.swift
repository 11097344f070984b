public import Bytes

extension Bool: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .bool }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self = try reader.readByte() != 0
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(self ? 1 : 0)
  }
}

extension Int8: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .byte }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self = try reader.read(bigEndian: Int8.self)
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: self)
  }
}

extension Int32: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .i32 }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self = try reader.read(bigEndian: Int32.self)
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: self)
  }
}

extension Int64: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .i64 }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self = try reader.read(bigEndian: Int64.self)
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: self)
  }
}

extension String: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .string }

  /// Bytes that are not UTF-8 become replacement characters.
  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    let bytes = try reader.readBlobView()
    self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    var text = self
    text.withUTF8 { bytes in
      buffer.append(bigEndian: Int32(clamping: bytes.count))
      buffer.append(UnsafeRawBufferPointer(bytes))
    }
  }
}
