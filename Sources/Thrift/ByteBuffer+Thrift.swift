public import Bytes

extension ByteBuffer {
  @inlinable @inline(__always)
  package mutating func appendFieldHeader(_ type: ThriftType, _ id: Int16) {
    append(type.rawValue)
    append(bigEndian: id)
  }

  @inlinable package mutating func appendStop() {
    append(0 as UInt8)
  }

  /// Field header and value.
  @inlinable package mutating func appendField<T: ThriftValue>(_ id: Int16, _ value: T) {
    appendFieldHeader(T.thriftType, id)
    value.encode(into: &self)
  }

  /// Field header and value, or nothing.
  @inlinable package mutating func appendField<T: ThriftValue>(_ id: Int16, optional value: T?) {
    if let value { appendField(id, value) }
  }

  /// A length and the bytes.
  @inlinable @inline(__always)
  package mutating func appendBlob(_ bytes: RawSpan) {
    append(bigEndian: Int32(clamping: bytes.byteCount))
    append(bytes)
  }

  @inlinable @inline(__always)
  package mutating func appendBlob(_ bytes: [UInt8]) {
    append(bigEndian: Int32(clamping: bytes.count))
    append(bytes)
  }

  /// A field of type blob, which carries the type byte of a struct.
  @inlinable package mutating func appendField(_ id: Int16, blob: [UInt8]) {
    appendFieldHeader(.struct, id)
    appendBlob(blob)
  }

  @inlinable package mutating func appendField(_ id: Int16, optionalBlob blob: [UInt8]?) {
    if let blob { appendField(id, blob: blob) }
  }

  /// A field of type list<blob>.
  package mutating func appendField(_ id: Int16, blobs: [[UInt8]]) {
    appendFieldHeader(.list, id)
    append(ThriftType.struct.rawValue)
    append(bigEndian: Int32(clamping: blobs.count))
    for blob in blobs { appendBlob(blob) }
  }

  /// The struct around an argument or a result: one field, then STOP.
  @inlinable package mutating func appendSingleField<T: ThriftValue>(_ id: Int16, _ value: T) {
    appendField(id, value)
    appendStop()
  }
}
