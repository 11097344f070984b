internal import CRocksDB

/// A value held in the engine's own memory until this goes away. Keeps its database open as long: the memory is the
/// database's.
package struct PinnedValue: ~Copyable {
  private let slice: OpaquePointer
  private let database: Database

  init(_ slice: OpaquePointer, of database: Database) {
    self.slice = slice
    self.database = database
  }

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
