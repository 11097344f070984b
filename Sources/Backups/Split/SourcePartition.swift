import Bytes
import PegasusProtocol
import StorageEngine

/// One partition of a backup, opened for reading. Nothing in its directory changes.
final class SourcePartition: Sendable {
  static let metaFamily = "pegasus_meta_cf"
  private static let versionKey = "pegasus_data_version"
  private static let decreeKey = "pegasus_last_flushed_decree"

  let index: Int32
  let database: Database
  let version: ValueHeader.Version
  /// The last write in the files, as they say; nil when they do not.
  let decree: Int64?

  /// Files that are read side by side: all of the first level, and one of each deeper one.
  let runs: Int

  /// Opens the checkpoint in `directory`. Blocks.
  init(index: Int32, directory: String, cache: BlockCache, openFiles: Int32) throws(SplitError) {
    self.index = index
    do throws(StorageError) {
      let families = try Database.families(in: directory)
      guard families.contains(Self.metaFamily) else {
        throw StorageError(
          code: .corruption, message: "Corruption: it has no family \(Self.metaFamily), and so is none of Pegasus",
          operation: "open", path: directory)
      }
      var options = DatabaseOptions()
      options.createIfMissing = false
      options.readOnly = true
      options.maxOpenFiles = openFiles
      options.blockCache = cache
      options.cachesIndexes = true
      // Nobody looks for a key: filters are not even read.
      options.writesFilters = false
      database = try Database(path: directory, families: [Self.metaFamily], options: options)
      let number = try Self.number(Self.versionKey, database)
      guard let version = number.flatMap({ UInt8(exactly: $0) }).flatMap({ ValueHeader.Version(rawValue: $0) }) else {
        throw StorageError(
          code: .notSupported,
          message: "Not implemented: data version \(number.map { "\($0)" } ?? "missing"); 0, 1 and 2 are known",
          operation: "open", path: directory)
      }
      self.version = version
      decree = try Self.number(Self.decreeKey, database)
      let levels = database.liveFiles.map(\.level)
      runs = levels.count { $0 == 0 } + Set(levels.filter { $0 > 0 }).count
    } catch {
      throw SplitError(error, whileReading: true)
    }
  }

  /// Rows, as RocksDB estimates them.
  var estimatedRows: Int64 { Int64(clamping: database.number("rocksdb.estimate-num-keys") ?? 0) }

  /// The first and the last key; nil when there is no row.
  func bounds() throws(StorageError) -> (first: [UInt8], last: [UInt8])? {
    var rows = RowIterator(database, fillCache: false)
    rows.seekToFirst()
    try rows.check()
    guard rows.isValid else { return nil }
    let first = [UInt8](rows.key)
    rows.seekToLast()
    try rows.check()
    return (first, [UInt8](rows.key))
  }

  private static func number(_ key: String, _ database: Database) throws(StorageError) -> Int64? {
    guard let family = database.family(metaFamily),
      let value = try database.get(Array(key.utf8).span.bytes, in: family)
    else { return nil }
    return Int64(value.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
  }
}
