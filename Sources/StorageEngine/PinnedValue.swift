internal import CRocksDB

/// A value held in the engine's own memory until this goes away.
package struct PinnedValue: ~Copyable {
  private let slice: OpaquePointer

  init(_ slice: OpaquePointer) { self.slice = slice }

  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      var count = 0
      guard let start = rocksdb_pinnableslice_value(slice, &count) else { return RawSpan() }
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }
  }

  deinit { rocksdb_pinnableslice_destroy(slice) }
}
