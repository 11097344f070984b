public import Bytes

/// What stands in front of a field's value.
@usableFromInline
package struct FieldHeader: Sendable {
  @usableFromInline package var id: Int16
  @usableFromInline package var type: ThriftType

  @inlinable package init(id: Int16, type: ThriftType) {
    self.id = id
    self.type = type
  }
}

/// Nesting that `skip` follows; deeper input is refused.
private let deepestNesting = 32

extension ByteReader {
  /// The next field of a struct, or nil at STOP.
  @inlinable @inline(__always)
  package mutating func readFieldHeader() throws(ByteError) -> FieldHeader? {
    let type = ThriftType(rawValue: try readByte())
    if type == .stop { return nil }
    return FieldHeader(id: try read(bigEndian: Int16.self), type: type)
  }

  /// A field's value when its type is `T`'s; otherwise the value is stepped over and nil comes back.
  @inlinable package mutating func readValue<T: ThriftValue>(
    _ header: FieldHeader, as type: T.Type = T.self
  ) throws(ByteError) -> T? {
    guard header.type == T.thriftType else {
      try skip(header.type)
      return nil
    }
    return try T(decoding: &self)
  }

  /// A length-prefixed run of bytes; nothing is copied.
  @inlinable @inline(__always) @_lifetime(copy self)
  package mutating func readBlobView() throws(ByteError) -> RawSpan {
    let length = try read(bigEndian: Int32.self)
    return try readSpan(Int(length))
  }

  /// A length-prefixed run of bytes, copied.
  @inlinable package mutating func readBlob() throws(ByteError) -> [UInt8] {
    [UInt8](try readBlobView())
  }

  /// A field of type blob: Pegasus gives it the type byte of a struct.
  @inlinable package mutating func readBlob(_ header: FieldHeader) throws(ByteError) -> [UInt8]? {
    guard header.type == .struct else {
      try skip(header.type)
      return nil
    }
    return try readBlob()
  }

  /// A field of type list<blob>.
  package mutating func readBlobs(_ header: FieldHeader) throws(ByteError) -> [[UInt8]]? {
    guard header.type == .list else {
      try skip(header.type)
      return nil
    }
    let elementOffset = offset
    let element = ThriftType(rawValue: try readByte())
    let count = try readElementCount()
    guard element == .struct || element == .string || count == 0 else {
      throw .invalid("list of blobs holds elements of type \(element.rawValue)", at: elementOffset)
    }
    var blobs: [[UInt8]] = []
    for _ in 0..<count {
      blobs.append(try readBlob())
    }
    return blobs
  }

  /// The number of elements that follow, which cannot be more than there are bytes.
  @inlinable package mutating func readElementCount() throws(ByteError) -> Int {
    let start = offset
    let count = Int(try read(bigEndian: Int32.self))
    if count < 0 { throw ByteError(offset: start, reason: .negativeLength(count)) }
    if count > remaining { throw ByteError(offset: start, reason: .tooLong(length: count, limit: remaining)) }
    return count
  }

  /// The head of a list of structs; leaves the reader before the first of them. `what` is for the error: "rows".
  package mutating func readStructCount(of what: StaticString) throws(ByteError) -> Int {
    let start = offset
    let element = ThriftType(rawValue: try readByte())
    let count = try readElementCount()
    guard element == .struct || count == 0 else { throw .invalid("\(what) of type \(element.rawValue)", at: start) }
    return count
  }

  /// Steps over a value nobody asked for.
  ///
  /// Type byte 12 is taken for a real struct: a blob, gpid or address in an unknown field cannot be told from one.
  @usableFromInline package mutating func skip(_ type: ThriftType, depth: Int = 0) throws(ByteError) {
    guard depth < deepestNesting else { throw .invalid("nested deeper than \(deepestNesting)", at: offset) }
    switch type {
    case .bool, .byte: try skip(1)
    case .i16: try skip(2)
    case .i32: try skip(4)
    case .i64, .u64, .double: try skip(8)
    case .string: _ = try readBlobView()
    case .struct:
      while let field = try readFieldHeader() { try skip(field.type, depth: depth + 1) }
    case .list, .set:
      let element = ThriftType(rawValue: try readByte())
      let count = try readElementCount()
      for _ in 0..<count { try skip(element, depth: depth + 1) }
    case .map:
      let key = ThriftType(rawValue: try readByte())
      let value = ThriftType(rawValue: try readByte())
      let count = try readElementCount()
      for _ in 0..<count {
        try skip(key, depth: depth + 1)
        try skip(value, depth: depth + 1)
      }
    default:
      throw .invalid("type \(type.rawValue) is unknown", at: offset)
    }
  }
}
