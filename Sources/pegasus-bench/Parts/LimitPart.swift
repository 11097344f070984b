import Bytes
import EventLoop
import Onebox
import PegasusProtocol
import StorageEngine

/// The limit: the same rows moved inside one process, from RocksDB to RocksDB, on one thread. Databases opened as the
/// embedded cluster opens its partitions, as many on each side as the tables have partitions; values with the header
/// that Pegasus stores.
struct LimitPart {
  private let options: BenchOptions
  private let workspace: Workspace

  init(_ options: BenchOptions, _ workspace: Workspace) {
    self.options = options
    self.workspace = workspace
  }

  func measure() async throws -> [Figure] {
    Console.say("RocksDB to RocksDB in one process")
    let (options, workspace) = (options, workspace)
    return try await BlockingPool.run { try Self.run(options, workspace) }
  }

  private struct Move {
    var seconds: Double
    var rows: Int
  }

  private static func run(_ options: BenchOptions, _ workspace: Workspace) throws -> [Figure] {
    let directory = try workspace.subdirectory("limit")
    defer { Files.removeTree(directory) }
    let onebox = OneboxOptions(dataDirectory: directory)
    let cache = BlockCache(capacity: onebox.blockCacheSize)
    func open(_ side: String) throws -> [Database] {
      try (0..<options.partitions).map { partition in
        var settings = DatabaseOptions()
        settings.blockCache = cache
        settings.writeBufferSize = onebox.writeBufferSize
        settings.expiryFilter = ExpiryFilter()
        return try Database(
          path: try workspace.subdirectory("limit/\(side)\(partition)"), families: ["pegasus_meta_cf"],
          options: settings)
      }
    }
    let source = try open("source")
    try fill(source, rows: options.rows)
    var rates: [Double] = []
    for run in 0..<options.repeats {
      let target = try open("target\(run)-")
      let started = ContinuousClock.now
      var rows = 0
      for (from, to) in zip(source, target) { rows += try move(from, to) }
      let seconds = (ContinuousClock.now - started).inSeconds
      guard rows == options.rows else { throw BenchError("\(rows) of \(options.rows) rows were moved") }
      rates.append(Double(rows) / seconds)
    }
    return [Figure("limit.rate", "RocksDB to RocksDB in one process", of: rates, .rowsPerSecond)].compactMap { $0 }
  }

  private static func fill(_ databases: [Database], rows: Int) throws {
    // The rows of a partition in batches, as a server writes them.
    for (partition, database) in databases.enumerated() {
      var batch = WriteBatch(for: database)
      var value = ByteBuffer()
      for number in 0..<rows {
        let key = try RowSource.key(number)
        guard Int(PartitionHash.index(of: key.partitionHash, count: Int32(databases.count))) == partition else {
          continue
        }
        value.removeAll()
        ValueHeader(timeTag: TimeTag(microseconds: UInt64(number), clusterID: 1, isDeletion: false))
          .encode(into: &value)
        value.append(RowSource.value(number))
        batch.put(key.encoded.span.bytes, value.bytes)
        if batch.count == 1000 {
          try database.write(batch)
          batch.clear()
        }
      }
      try database.write(batch)
    }
  }

  private static func move(_ source: Database, _ target: Database) throws -> Int {
    var iterator = RowIterator(source, fillCache: false)
    var batch = WriteBatch(for: target)
    var rows = 0
    iterator.seekToFirst()
    while iterator.isValid {
      batch.put(iterator.key, iterator.value)
      rows += 1
      if rows.isMultiple(of: 1000) {
        try target.write(batch)
        batch.clear()
      }
      iterator.next()
    }
    try iterator.check()
    try target.write(batch)
    return rows
  }
}
