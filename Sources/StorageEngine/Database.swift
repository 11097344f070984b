internal import CRocksDB
internal import CSST

/// One family of keys within a database, by its place in the list the database was opened with.
package struct ColumnFamily: Hashable, Sendable {
  package let index: Int
  package init(index: Int) { self.index = index }
  /// RocksDB's family `default`, always the first.
  package static let `default` = ColumnFamily(index: 0)
}

/// An open RocksDB directory. Closed when the last reference (an iterator's or a snapshot's included) is gone.
///
/// Calls may block on the disk. All errors are `StorageError`s; no input traps.
///
/// `@unchecked Sendable`: every stored property is immutable after `init`, and RocksDB's handle is thread-safe.
package final class Database: @unchecked Sendable {
  package let path: String
  let handle: OpaquePointer
  let families: [OpaquePointer?]
  private let familyNames: [String]
  private let readOptions: OpaquePointer?
  private let writeOptions: OpaquePointer?
  private let syncedWriteOptions: OpaquePointer?

  /// Opens `path` with the column family `default` and the further `families`.
  ///
  /// The directory's parent must exist. Fails with `.inputOutput` when another process has it open.
  package init(path: String, families: [String] = [], options: DatabaseOptions = .init()) throws(StorageError) {
    let names = ["default"] + families
    let main = OptionsHandle(options, data: true)
    let side = OptionsHandle(options, data: false)
    var handles = [OpaquePointer?](repeating: nil, count: names.count)
    let familyOptions: [OpaquePointer?] = [main.raw] + families.map { _ in side.raw }
    let count = Int32(names.count)
    let opened = try checked("open", path) { error in
      withCStrings(names) { names in
        options.readOnly
          ? rocksdb_open_for_read_only_column_families(
            main.raw, path, count, names, familyOptions, &handles, 0, error)
          : rocksdb_open_column_families(main.raw, path, count, names, familyOptions, &handles, error)
      }
    }
    guard let opened else {
      throw StorageError(code: .other, message: "RocksDB gave no handle", operation: "open", path: path)
    }
    self.path = path
    self.handle = opened
    self.families = handles
    self.familyNames = names
    self.readOptions = rocksdb_readoptions_create()
    rocksdb_readoptions_set_verify_checksums(readOptions, 1)
    self.writeOptions = rocksdb_writeoptions_create()
    self.syncedWriteOptions = rocksdb_writeoptions_create()
    rocksdb_writeoptions_set_sync(syncedWriteOptions, 1)
  }

  deinit {
    rocksdb_readoptions_destroy(readOptions)
    rocksdb_writeoptions_destroy(writeOptions)
    rocksdb_writeoptions_destroy(syncedWriteOptions)
    rocksdb_cancel_all_background_work(handle, 1)
    for family in families { rocksdb_column_family_handle_destroy(family) }
    rocksdb_close(handle)
  }

  /// The column families stored in `path`, whether or not it is open.
  package static func families(in path: String) throws(StorageError) -> [String] {
    let options = rocksdb_options_create()
    defer { rocksdb_options_destroy(options) }
    var count = 0
    let list = try checked("list families", path) { rocksdb_list_column_families(options, path, &count, $0) }
    guard let list else { return [] }
    defer { rocksdb_list_column_families_destroy(list, count) }
    return (0..<count).compactMap { index in list[index].map { String(cString: $0) } }
  }

  /// Deletes the database in `path`; its data is gone. Must not be open.
  package static func destroy(_ path: String) throws(StorageError) {
    let options = rocksdb_options_create()
    defer { rocksdb_options_destroy(options) }
    try checked("destroy", path) { rocksdb_destroy_db(options, path, $0) }
  }

  /// The family of that name, nil when the database was not opened with it.
  package func family(_ name: String) -> ColumnFamily? { familyNames.firstIndex(of: name).map(ColumnFamily.init) }

  func pointer(_ family: ColumnFamily) -> OpaquePointer? {
    families.indices.contains(family.index) ? families[family.index] : families[0]
  }

  // MARK: Rows

  /// The value of `key`, pinned in the engine's memory without a copy; nil when there is none.
  package func get(_ key: RawSpan, in family: ColumnFamily = .default) throws(StorageError) -> PinnedValue? {
    let pinned = try checked("get", path) { error in
      key.withChars { rocksdb_get_pinned_cf(handle, readOptions, pointer(family), $0, $1, error) }
    }
    guard let pinned else { return nil }
    return PinnedValue(pinned, of: self)
  }

  /// Writes the batch as one atomic step: all of it or none. `sync` waits until it is safe from a power cut;
  /// without, it is safe from the death of the process. The batch is left as it was.
  package func write(_ batch: borrowing WriteBatch, sync: Bool = false) throws(StorageError) {
    let raw = batch.raw
    try checked("write", path) { rocksdb_write(handle, sync ? syncedWriteOptions : writeOptions, raw, $0) }
  }

  /// Writes one row. For many rows use a `WriteBatch`.
  package func put(_ key: RawSpan, _ value: RawSpan, in family: ColumnFamily = .default) throws(StorageError) {
    var batch = WriteBatch(for: self)
    batch.put(key, value, in: family)
    try write(batch)
  }

  // MARK: Files

  /// Writes what is in memory to files, all families at once, and waits for it.
  package func flush() throws(StorageError) {
    let all = families.map { UnsafeMutableRawPointer($0) }
    try checked("flush", path) { csst_flush(UnsafeMutableRawPointer(handle), all, all.count, $0) }
  }

  /// Hands the write-ahead log to the operating system, and to the disk when `sync`.
  package func flushLog(sync: Bool) throws(StorageError) {
    try checked("flush log", path) { rocksdb_flush_wal(handle, sync ? 1 : 0, $0) }
  }

  /// Rewrites all files of `family`, dropping what is deleted or expired. Blocks until done.
  /// `bottommost` rewrites the deepest level too even when nothing above it changed.
  package func compact(
    _ family: ColumnFamily = .default, bottommost: Bool = true, targetLevel: Int32 = -1
  ) throws(StorageError) {
    let options = rocksdb_compactoptions_create()
    defer { rocksdb_compactoptions_destroy(options) }
    rocksdb_compactoptions_set_exclusive_manual_compaction(options, 0)
    // kSkip and kForce; what lies between rewrites it whenever there is an expiry filter, which is always.
    rocksdb_compactoptions_set_bottommost_level_compaction(options, bottommost ? 2 : 0)
    if targetLevel >= 0 {
      rocksdb_compactoptions_set_change_level(options, 1)
      rocksdb_compactoptions_set_target_level(options, targetLevel)
    }
    let before = number("rocksdb.background-errors") ?? 0
    rocksdb_compact_range_cf_opt(handle, pointer(family), options, nil, 0, nil, 0)
    if let after = number("rocksdb.background-errors"), after > before {
      throw StorageError(
        code: .inputOutput, message: "IO error: a background job failed", operation: "compact", path: path)
    }
  }

  /// Adds files made by `SSTWriter`. `behind` puts them under existing data (which then wins); `move` may rename
  /// the files instead of copying them.
  package func ingest(
    _ files: [String], in family: ColumnFamily = .default, behind: Bool = false, move: Bool = false
  ) throws(StorageError) {
    guard !files.isEmpty else { return }
    let options = rocksdb_ingestexternalfileoptions_create()
    defer { rocksdb_ingestexternalfileoptions_destroy(options) }
    rocksdb_ingestexternalfileoptions_set_move_files(options, move ? 1 : 0)
    rocksdb_ingestexternalfileoptions_set_ingest_behind(options, behind ? 1 : 0)
    try checked("ingest", path) { error in
      withCStrings(files) {
        rocksdb_ingest_external_file_cf(handle, pointer(family), $0, files.count, options, error)
      }
    }
  }

  /// A consistent copy of the live database in the new directory `directory` (hard links where possible).
  package func checkpoint(to directory: String) throws(StorageError) {
    let object = try checked("checkpoint", path) { rocksdb_checkpoint_object_create(handle, $0) }
    defer { rocksdb_checkpoint_object_destroy(object) }
    try checked("checkpoint", directory) { rocksdb_checkpoint_create(object, directory, 0, $0) }
  }
}
