import BackupLayout
import Backups
import Bytes
import Glibc
import StorageEngine
import Synchronization

/// Rows as files have them: those of a backup's checkpoints, and those of a bulk load. Blocks.
enum StoredRows {
  /// Bytes read ahead.
  private static let readAhead = 256 << 10
  /// As `offline_split` has them by default.
  private static let fileBytes = 64 << 20

  /// The checkpoints of a backup, opened as the split opens them.
  static func open(_ directories: [String]) throws -> [Database] {
    let cache = BlockCache(capacity: 32 << 20)
    return try directories.map { directory in
      var options = DatabaseOptions()
      options.createIfMissing = false
      options.readOnly = true
      options.blockCache = cache
      options.cachesIndexes = true
      options.writesFilters = false
      return try Database(path: directory, families: ["pegasus_meta_cf"], options: options)
    }
  }

  /// Moves all rows of a checkpoint into new data files `<prefix>N.sst`; answers how many rows. Nothing but RocksDB's own
  /// iterator and its own writer, with the options that the split has.
  static func move(_ source: Database, to prefix: String) throws -> Int {
    var options = DatabaseOptions()
    options.writesFilters = false
    options.writesPortableFiles = true
    var iterator = RowIterator(source, fillCache: false, readAhead: readAhead)
    iterator.seekToFirst()
    var (rows, files) = (0, 0)
    while iterator.isValid {
      var writer = try SSTWriter(path: "\(prefix)\(files).sst", options: options)
      var bytes = 0
      while iterator.isValid, bytes < fileBytes {
        bytes += try put(iterator, into: &writer)
        rows += 1
        iterator.next()
      }
      try writer.finish()
      files += 1
    }
    try iterator.check()
    return rows
  }

  @inline(__always)
  private static func put(_ row: borrowing RowIterator, into writer: inout SSTWriter) throws -> Int {
    let (key, value) = (row.key, row.value)
    try writer.put(key, value)
    return key.byteCount + value.byteCount
  }

  /// Rows and their sum, of checkpoints.
  static func contents(of databases: [Database]) throws -> BenchCluster.Contents {
    var all = BenchCluster.Contents()
    for database in databases {
      var iterator = RowIterator(database, fillCache: false, readAhead: readAhead)
      iterator.seekToFirst()
      while iterator.isValid {
        add(iterator.key, iterator.value, to: &all)
        iterator.next()
      }
      try iterator.check()
    }
    return all
  }

  /// The same of data files.
  static func contents(ofFiles paths: [String]) throws -> BenchCluster.Contents {
    var all = BenchCluster.Contents()
    for path in paths {
      var reader = try SSTReader(path: path)
      reader.seekToFirst()
      while reader.isValid {
        add(reader.key, reader.value, to: &all)
        reader.next()
      }
      try reader.check()
    }
    return all
  }

  private static func add(_ key: RawSpan, _ value: RawSpan, to all: inout BenchCluster.Contents) {
    all.rows += 1
    all.sum &+= (CRC64.checksum(key) | 1) &* CRC64.checksum(value)
  }
}
