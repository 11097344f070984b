internal import CRocksDB

/// Writes one data file that a database can ingest. Keys must be added in strictly rising order.
package struct SSTWriter: ~Copyable {
  private let raw: OpaquePointer?
  private let environment: OpaquePointer?
  private let path: String
  private let options: OptionsHandle

  /// Creates the file `path`, replacing what is there.
  package init(path: String, options: DatabaseOptions = .init()) throws(StorageError) {
    try requireEngine(for: "create file", path)
    var options = options
    options.expiryFilter = nil
    let handle = OptionsHandle(options, data: true)
    let environment = rocksdb_envoptions_create()
    let raw = rocksdb_sstfilewriter_create(environment, handle.raw)
    do throws(StorageError) {
      try checked("create file", path) { rocksdb_sstfilewriter_open(raw, path, $0) }
    } catch {
      rocksdb_sstfilewriter_destroy(raw)
      rocksdb_envoptions_destroy(environment)
      throw error
    }
    self.environment = environment
    self.raw = raw
    self.options = handle
    self.path = path
  }

  /// Fails with `.invalidArgument` when `key` does not come after the one before.
  package mutating func put(_ key: RawSpan, _ value: RawSpan) throws(StorageError) {
    try checked("add to file", path) { error in
      key.withChars { keyChars, keyCount in
        value.withChars { rocksdb_sstfilewriter_put(raw, keyChars, keyCount, $0, $1, error) }
      }
    }
  }

  package mutating func delete(_ key: RawSpan) throws(StorageError) {
    try checked("add to file", path) { error in
      key.withChars { rocksdb_sstfilewriter_delete(raw, $0, $1, error) }
    }
  }

  /// Bytes written so far.
  package var byteCount: UInt64 {
    var size: UInt64 = 0
    rocksdb_sstfilewriter_file_size(raw, &size)
    return size
  }

  /// Completes the file. Fails with `.invalidArgument` when no row was added.
  package mutating func finish() throws(StorageError) {
    try checked("finish file", path) { rocksdb_sstfilewriter_finish(raw, $0) }
  }

  deinit {
    rocksdb_sstfilewriter_destroy(raw)
    rocksdb_envoptions_destroy(environment)
  }
}
