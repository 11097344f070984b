internal import CSST

/// Reads one data file by itself, as `SSTWriter` makes them: from its first row on, once.
///
/// After the last row look at `check()`: a damaged file ends an iteration early, and only it tells.
package struct SSTReader: ~Copyable {
  /// What a file says about itself.
  package struct Properties: Sendable, Equatable {
    package let entries: UInt64
    package let deletions: UInt64
    package let rawKeyBytes: UInt64
    package let rawValueBytes: UInt64
    /// The comparator's name; `leveldb.BytewiseComparator` is the only one that Pegasus knows.
    package let comparator: String
    /// RocksDB's name of the block compression: `NoCompression`, `Snappy`, `LZ4`, `ZSTD`, …
    package let compression: String
    /// Whether it was made outside of a database: only such a file can be ingested.
    package let isExternal: Bool
  }

  private let raw: OpaquePointer
  private let path: String
  package let properties: Properties

  /// Opens the file `path` and stands before its first row: `seekToFirst` is yet to be called.
  package init(path: String) throws(StorageError) {
    var text: UnsafeMutablePointer<CChar>?
    guard let raw = csst_open(path, &text) else {
      defer { csst_free(text) }
      throw StorageError(
        status: text.map { String(cString: $0) } ?? "Corruption: no data file", operation: "open file", path: path)
    }
    self.raw = raw
    self.path = path
    let numbers = csst_properties(raw)
    properties = Properties(
      entries: numbers.entries, deletions: numbers.deletions, rawKeyBytes: numbers.raw_key_bytes,
      rawValueBytes: numbers.raw_value_bytes, comparator: String(cString: csst_comparator(raw)),
      compression: String(cString: csst_compression(raw)),
      isExternal: numbers.is_external)
  }

  /// True while the reader stands on a row.
  package private(set) var isValid = false

  package mutating func seekToFirst() {
    csst_first(raw)
    isValid = csst_valid(raw)
  }

  /// One row on. Without effect when the reader stands on none.
  package mutating func next() {
    guard isValid else { return }
    csst_next(raw)
    isValid = csst_valid(raw)
  }

  /// The key under the reader, empty when it stands on none; valid until the reader moves.
  package var key: RawSpan {
    @_lifetime(borrow self)
    get {
      guard isValid else { return RawSpan() }
      var count = 0
      let start = csst_key(raw, &count)
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }
  }

  /// The value under the reader, as `key`.
  package var value: RawSpan {
    @_lifetime(borrow self)
    get {
      guard isValid else { return RawSpan() }
      var count = 0
      let start = csst_value(raw, &count)
      return _overrideLifetime(RawSpan(_unsafeStart: start, byteCount: count), borrowing: self)
    }
  }

  /// Throws when the reading ended because of an error rather than because there are no more rows.
  package func check() throws(StorageError) {
    guard let text = csst_status(raw) else { return }
    defer { csst_free(text) }
    throw StorageError(status: String(cString: text), operation: "read file", path: path)
  }

  deinit { csst_close(raw) }
}
