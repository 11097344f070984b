/// A growable run of bytes that is written at the back and consumed from the front.
///
/// It is made once and reused: `removeAll` and `consume` keep the memory. Everything per value is inlined into the
/// caller, so that a message of a dozen fields costs a dozen stores.
@usableFromInline
package struct ByteBuffer: ~Copyable, Sendable {
  // The memory belongs to this value alone: it is not copyable and hands out borrowed spans only.
  @usableFromInline nonisolated(unsafe) var storage: UnsafeMutableRawPointer
  @usableFromInline var allocated: Int
  /// First readable byte.
  @usableFromInline var head: Int
  /// One behind the last readable byte.
  @usableFromInline var tail: Int

  /// An empty buffer with room for `capacity` bytes.
  package init(capacity: Int = 0) {
    allocated = max(capacity, 0)
    storage = .allocate(byteCount: max(allocated, 1), alignment: 16)
    head = 0
    tail = 0
  }

  deinit {
    storage.deallocate()
  }

  /// Readable bytes.
  @inlinable package var count: Int { tail - head }
  @inlinable package var isEmpty: Bool { tail == head }
  /// Bytes of memory held, readable or not.
  @inlinable package var capacity: Int { allocated }

  /// The readable bytes, borrowed.
  @inlinable package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: UnsafeRawPointer(storage + head), byteCount: tail - head)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The readable bytes as a pointer, for system calls. Valid inside `body` only.
  @inlinable package func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: storage + head, count: tail - head))
  }

  /// A copy of the readable bytes.
  package func array() -> [UInt8] {
    [UInt8](UnsafeRawBufferPointer(start: storage + head, count: tail - head))
  }

  // MARK: Room

  /// Makes room for `additional` more bytes.
  @inlinable @inline(__always)
  package mutating func reserve(_ additional: Int) {
    if _slowPath(additional > allocated - tail) { grow(additional) }
  }

  /// Moves the readable bytes to the front, and into larger memory when that is not enough.
  @usableFromInline @inline(never)
  mutating func grow(_ additional: Int) {
    precondition(additional >= 0, "a negative number of bytes cannot be reserved")
    let live = tail - head
    if additional <= allocated - live, head >= live {
      storage.copyMemory(from: storage + head, byteCount: live)
    } else {
      let size = max(allocated * 2, live + additional, 64)
      let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      larger.copyMemory(from: storage + head, byteCount: live)
      storage.deallocate()
      storage = larger
      allocated = size
    }
    head = 0
    tail = live
  }

  /// Forgets the contents and keeps the memory.
  @inlinable package mutating func removeAll() {
    head = 0
    tail = 0
  }

  /// Gives memory above `limit` bytes back when the buffer is empty.
  package mutating func shrinkIfEmpty(above limit: Int) {
    guard isEmpty, allocated > limit else { return }
    self = ByteBuffer()
  }

  /// Drops `n` bytes from the front.
  @inlinable package mutating func consume(_ n: Int) {
    precondition(n >= 0 && n <= tail - head, "more consumed than there is")
    head += n
    if head == tail {
      head = 0
      tail = 0
    }
  }

  /// Keeps the first `length` readable bytes.
  @inlinable package mutating func truncate(to length: Int) {
    precondition(length >= 0 && length <= tail - head, "truncated to more than there is")
    tail = head + length
  }

  // MARK: Writing

  @inlinable @inline(__always)
  package mutating func append(_ byte: UInt8) {
    reserve(1)
    storage.storeBytes(of: byte, toByteOffset: tail, as: UInt8.self)
    tail += 1
  }

  @inlinable @inline(__always)
  package mutating func append<T: FixedWidthInteger & BitwiseCopyable>(bigEndian value: T) {
    reserve(MemoryLayout<T>.size)
    storage.storeBytes(of: value.bigEndian, toByteOffset: tail, as: T.self)
    tail += MemoryLayout<T>.size
  }

  @inlinable @inline(__always)
  package mutating func append<T: FixedWidthInteger & BitwiseCopyable>(littleEndian value: T) {
    reserve(MemoryLayout<T>.size)
    storage.storeBytes(of: value.littleEndian, toByteOffset: tail, as: T.self)
    tail += MemoryLayout<T>.size
  }

  @inlinable @inline(__always)
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count)
    (storage + tail).copyMemory(from: start, byteCount: bytes.count)
    tail += bytes.count
  }

  @inlinable @inline(__always)
  package mutating func append(_ bytes: RawSpan) {
    let count = bytes.byteCount
    reserve(count)
    let target = storage + tail
    bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { target.copyMemory(from: start, byteCount: count) }
    }
    tail += count
  }

  @inlinable @inline(__always)
  package mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// The UTF-8 bytes of `string`, without a length.
  @inlinable package mutating func append(utf8 string: String) {
    var string = string
    string.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// The UTF-8 bytes of a literal, without a length.
  @inlinable @inline(__always)
  package mutating func append(_ literal: StaticString) {
    append(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  @inlinable package mutating func append(zeros count: Int) {
    reserve(count)
    (storage + tail).initializeMemory(as: UInt8.self, repeating: 0, count: count)
    tail += count
  }

  /// Lends `n` bytes behind the contents to `fill`, which answers how many it wrote. For read(2).
  @discardableResult
  @inlinable package mutating func appendUninitialized<E: Error>(
    _ n: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) -> Int {
    reserve(n)
    let written = try fill(UnsafeMutableRawBufferPointer(start: storage + tail, count: n))
    precondition(written >= 0 && written <= n, "more written than was lent")
    tail += written
    return written
  }

  /// Overwrites bytes that were appended before; `offset` counts from the first readable byte.
  @inlinable @inline(__always)
  package mutating func patch<T: FixedWidthInteger & BitwiseCopyable>(bigEndian value: T, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= tail - head, "patched outside the contents")
    storage.storeBytes(of: value.bigEndian, toByteOffset: head + offset, as: T.self)
  }

  /// As `patch(bigEndian:at:)`.
  @inlinable @inline(__always)
  package mutating func patch<T: FixedWidthInteger & BitwiseCopyable>(littleEndian value: T, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= tail - head, "patched outside the contents")
    storage.storeBytes(of: value.littleEndian, toByteOffset: head + offset, as: T.self)
  }
}
