internal import CRocksDB
internal import Glibc

/// Walks the rows of one column family in key order. Sees the database as it was when the iterator was made.
///
/// After the last row look at `check()`: damaged files end an iteration early, and only it tells.
package struct RowIterator: ~Copyable {
  /// RocksDB's iterator, for those who walk over several at once.
  let raw: OpaquePointer?
  private let options: OpaquePointer?
  private let lower: UnsafeMutableRawPointer?
  private let upper: UnsafeMutableRawPointer?
  private let database: Database
  private let snapshot: Snapshot?

  /// `from` is the first key shown, `to` the first not shown; nil = no bound. `fillCache` false suits one-time scans.
  package init(
    _ database: Database, family: ColumnFamily = .default, from: RawSpan? = nil, to: RawSpan? = nil,
    snapshot: Snapshot? = nil, fillCache: Bool = true, readAhead: Int = 0
  ) {
    self.database = database
    self.snapshot = snapshot
    let options = rocksdb_readoptions_create()
    self.options = options
    rocksdb_readoptions_set_total_order_seek(options, 1)
    rocksdb_readoptions_set_verify_checksums(options, 1)
    rocksdb_readoptions_set_fill_cache(options, fillCache ? 1 : 0)
    if readAhead > 0 { rocksdb_readoptions_set_readahead_size(options, readAhead) }
    if let snapshot { rocksdb_readoptions_set_snapshot(options, snapshot.raw) }
    // RocksDB keeps only a pointer to each bound: they live as long as the iterator.
    if let from {
      self.lower = Self.copy(from)
      rocksdb_readoptions_set_iterate_lower_bound(
        options, lower?.assumingMemoryBound(to: CChar.self), from.byteCount)
    } else {
      self.lower = nil
    }
    if let to {
      self.upper = Self.copy(to)
      rocksdb_readoptions_set_iterate_upper_bound(options, upper?.assumingMemoryBound(to: CChar.self), to.byteCount)
    } else {
      self.upper = nil
    }
    self.raw = rocksdb_create_iterator_cf(database.handle, options, database.pointer(family))
  }

  private static func copy(_ bytes: RawSpan) -> UnsafeMutableRawPointer? {
    guard let copy = malloc(max(bytes.byteCount, 1)) else { return nil }
    bytes.withUnsafeBytes { if let base = $0.baseAddress { memcpy(copy, base, $0.count) } }
    return copy
  }

  /// True while the iterator stands on a row.
  package var isValid: Bool { rocksdb_iter_valid(raw) != 0 }

  package mutating func seekToFirst() { rocksdb_iter_seek_to_first(raw) }
  package mutating func seekToLast() { rocksdb_iter_seek_to_last(raw) }
  /// Goes to the first key ≥ `key`.
  package mutating func seek(_ key: RawSpan) { key.withChars { rocksdb_iter_seek(raw, $0, $1) } }
  /// Goes to the last key ≤ `key`.
  package mutating func seekBackward(_ key: RawSpan) { key.withChars { rocksdb_iter_seek_for_prev(raw, $0, $1) } }

  /// One row on. Without effect when the iterator stands on none.
  package mutating func next() { if isValid { rocksdb_iter_next(raw) } }
  /// One row back. Without effect when the iterator stands on none.
  package mutating func previous() { if isValid { rocksdb_iter_prev(raw) } }

  /// The key under the iterator, empty when it stands on none; valid until the iterator moves.
  package var key: RawSpan {
    @_lifetime(borrow self)
    get {
      var count = 0
      guard isValid, let start = rocksdb_iter_key(raw, &count) else { return RawSpan() }
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }
  }

  /// The value under the iterator, as `key`.
  package var value: RawSpan {
    @_lifetime(borrow self)
    get {
      var count = 0
      guard isValid, let start = rocksdb_iter_value(raw, &count) else { return RawSpan() }
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }
  }

  /// Throws when the iteration ended because of an error rather than because there are no more rows.
  package func check() throws(StorageError) {
    try checked("iterate", database.path) { rocksdb_iter_get_error(raw, $0) }
  }

  deinit {
    rocksdb_iter_destroy(raw)
    rocksdb_readoptions_destroy(options)
    free(lower)
    free(upper)
  }
}
