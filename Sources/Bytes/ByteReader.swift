/// A cursor over borrowed bytes. Every read is checked and says at which offset it failed.
@usableFromInline
package struct ByteReader: ~Escapable {
  @usableFromInline let span: RawSpan
  @usableFromInline var position: Int

  @inlinable @_lifetime(copy span)
  package init(_ span: RawSpan) {
    self.span = span
    self.position = 0
  }

  /// Bytes read so far.
  @inlinable package var offset: Int { position }
  @inlinable package var remaining: Int { span.byteCount - position }
  @inlinable package var isAtEnd: Bool { position == span.byteCount }

  @inlinable @inline(__always)
  package mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
    bigEndian type: T.Type = T.self
  ) throws(ByteError) -> T {
    T(bigEndian: try load(T.self))
  }

  @inlinable @inline(__always)
  package mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
    littleEndian type: T.Type = T.self
  ) throws(ByteError) -> T {
    T(littleEndian: try load(T.self))
  }

  @inlinable @inline(__always)
  mutating func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(ByteError) -> T {
    try require(MemoryLayout<T>.size)
    let value = span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: T.self)
    position += MemoryLayout<T>.size
    return value
  }

  @inlinable @inline(__always)
  package mutating func readByte() throws(ByteError) -> UInt8 {
    try load(UInt8.self)
  }

  /// A view of the next `count` bytes; nothing is copied.
  @inlinable @inline(__always) @_lifetime(copy self)
  package mutating func readSpan(_ count: Int) throws(ByteError) -> RawSpan {
    try require(count)
    let view = span.extracting(unchecked: position..<(position &+ count))
    position &+= count
    return view
  }

  /// A copy of the next `count` bytes.
  @inlinable package mutating func readArray(_ count: Int) throws(ByteError) -> [UInt8] {
    [UInt8](try readSpan(count))
  }

  @inlinable @inline(__always)
  package mutating func skip(_ count: Int) throws(ByteError) {
    try require(count)
    position &+= count
  }

  /// Everything that is left.
  @inlinable @_lifetime(copy self)
  package mutating func rest() -> RawSpan {
    let view = span.extracting(unchecked: position..<span.byteCount)
    position = span.byteCount
    return view
  }

  /// The byte at the cursor, which stays.
  @inlinable package func peekByte() throws(ByteError) -> UInt8 {
    try require(1)
    return span.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt8.self)
  }

  @inlinable @inline(__always)
  func require(_ count: Int) throws(ByteError) {
    if _slowPath(count < 0 || count > span.byteCount &- position) {
      throw ByteError.truncated(at: position, needed: count, available: span.byteCount - position)
    }
  }
}
