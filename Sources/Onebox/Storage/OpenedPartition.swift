internal import Bytes
internal import StorageEngine

/// A partition's files, opened. Made off the loop, handed to it whole.
struct OpenedPartition: Sendable {
  /// The family of settings and the keys in it, as Pegasus names them.
  static let metaFamily = "pegasus_meta_cf"
  static let dataVersionKey = "pegasus_data_version"
  static let lastFlushedDecreeKey = "pegasus_last_flushed_decree"
  static let lastManualCompactionKey = "pegasus_last_manual_compact_finish_time"
  static let usageScenarioKey = "rocksdb.usage_scenario"

  let database: Database
  let filter: ExpiryFilter
  let meta: ColumnFamily
  let version: DataVersion
  let lastDecree: Int64
  /// Unix milliseconds; 0 = never.
  let lastManualCompaction: Int64

  /// Opens `directory`/data/rdb, creating it when missing. Blocks. Throws `FileError` or `StorageError`.
  init(directory: String, options: DatabaseOptions, defaultTTL: UInt32) throws {
    let parent = directory + "/data"
    try Files.makeDirectories(parent)
    let filter = ExpiryFilter()
    filter.defaultTTL = defaultTTL
    var options = options
    options.expiryFilter = filter
    let database = try Self.open(parent + "/rdb", options)
    guard let meta = database.family(Self.metaFamily) else {
      throw StorageError(
        code: .corruption, message: "Corruption: family \(Self.metaFamily) is missing", operation: "open",
        path: database.path)
    }
    self.database = database
    self.filter = filter
    self.meta = meta
    if let version = try Self.number(Self.dataVersionKey, database, meta) {
      guard let known = DataVersion(rawValue: Int(version)) else {
        throw StorageError(
          code: .notSupported, message: "Not implemented: data version \(version)", operation: "open",
          path: database.path)
      }
      self.version = known
    } else {
      try Self.initialize(database, meta)
      self.version = .one
    }
    self.lastDecree = try Self.number(Self.lastFlushedDecreeKey, database, meta) ?? 0
    self.lastManualCompaction = try Self.number(Self.lastManualCompactionKey, database, meta) ?? 0
  }

  /// With as many levels as the files need: those of another table may have more than the default.
  private static func open(_ path: String, _ options: DatabaseOptions) throws(StorageError) -> Database {
    do throws(StorageError) {
      return try Database(path: path, families: [metaFamily], options: options)
    } catch {
      guard error.code == .invalidArgument, error.message.contains("levels"), options.levels < 10 else { throw error }
      var options = options
      options.levels = 10
      return try Database(path: path, families: [metaFamily], options: options)
    }
  }

  /// The last write in a checkpoint, which is not changed. Blocks.
  static func lastDecree(ofCheckpoint path: String) throws(StorageError) -> Int64 {
    var options = DatabaseOptions()
    options.readOnly = true
    options.createIfMissing = false
    options.levels = 10
    let database = try Database(path: path, families: [metaFamily], options: options)
    guard let meta = database.family(metaFamily) else { return 0 }
    return try number(lastFlushedDecreeKey, database, meta) ?? 0
  }

  private static func initialize(_ database: Database, _ meta: ColumnFamily) throws(StorageError) {
    var batch = WriteBatch(for: database)
    for (key, value) in [(dataVersionKey, "1"), (lastFlushedDecreeKey, "0"), (lastManualCompactionKey, "0")] {
      batch.put(Array(key.utf8).span.bytes, Array(value.utf8).span.bytes, in: meta)
    }
    try database.write(batch)
    // Into a file: the log, which sets disk aside as soon as it is written, begins anew.
    try database.flush()
  }

  private static func number(
    _ key: String, _ database: Database, _ meta: ColumnFamily
  ) throws(StorageError) -> Int64? {
    guard let value = try database.get(Array(key.utf8).span.bytes, in: meta) else { return nil }
    return DecimalText.parse(value.bytes)
  }
}
