import Bytes
import Glibc
import StorageEngine
import TestSupport
import Testing

@Suite struct DatabaseTests {
  let scratch = TemporaryDirectory("storage")

  @Test func valuesComeBack() throws {
    let database = try Database(path: scratch.file("db"))
    #expect(try database.text("a") == nil)
    try database.put("a", "1")
    try database.put("", "")
    #expect(try database.text("a") == "1")
    #expect(try database.text("") == "")
  }

  @Test func theEstimateOfKeysSurvivesAStart() throws {
    let path = scratch.file("db")
    do {
      let database = try Database(path: path)
      for number in 0..<500 { try database.put("key \(number)", "value") }
      try database.flush()
      #expect(database.number("rocksdb.estimate-num-keys") == 500)
    }
    #expect(try Database(path: path).number("rocksdb.estimate-num-keys") == 500)
  }

  @Test func familiesAreApart() throws {
    let path = scratch.file("db")
    do {
      let database = try Database(path: path, families: ["pegasus_meta_cf"])
      let meta = try #require(database.family("pegasus_meta_cf"))
      try database.put("k", "data")
      try database.put("k", "meta", in: meta)
      #expect(database.family("other") == nil)
    }
    #expect(try Database.families(in: path) == ["default", "pegasus_meta_cf"])
    let database = try Database(path: path, families: ["pegasus_meta_cf"])
    #expect(try database.text("k") == "data")
    #expect(try database.text("k", in: ColumnFamily(index: 1)) == "meta")
    // A family that does not exist is the default one, not a trap.
    #expect(try database.text("k", in: ColumnFamily(index: 99)) == "data")
  }

  @Test func aValueOutlivesWhoeverOpenedItsDatabase() throws {
    let path = scratch.file("db")
    do {
      let database = try Database(path: path)
      try database.put("k", String(repeating: "v", count: 1000))
      try database.flush()
    }
    func stored() throws -> PinnedValue? {
      var options = DatabaseOptions()
      options.readOnly = true
      options.createIfMissing = false
      return try Database(path: path, options: options).get(bytes("k").span.bytes)
    }
    guard let value = try stored() else {
      Issue.record("the value is not there")
      return
    }
    // The engine's cache is gone with the database, and with it what the value lies in.
    #expect([UInt8](value.bytes) == [UInt8](repeating: UInt8(ascii: "v"), count: 1000))
  }

  @Test func batchIsOneStepAndReusable() throws {
    let database = try Database(path: scratch.file("db"))
    var batch = WriteBatch(for: database)
    batch.put(bytes("a").span.bytes, bytes("1").span.bytes)
    batch.put(bytes("b").span.bytes, header: bytes("head").span.bytes, bytes("tail").span.bytes)
    batch.put(bytes("c").span.bytes, header: bytes("head").span.bytes, [UInt8]().span.bytes)
    batch.delete(bytes("a").span.bytes)
    let count = batch.count
    #expect(count == 4)
    #expect(try database.text("b") == nil)
    try database.write(batch)
    #expect(try database.text("a") == nil)
    #expect(try database.text("b") == "headtail")
    #expect(try database.text("c") == "head")
    batch.clear()
    let empty = batch.isEmpty
    #expect(empty)
    batch.delete(from: bytes("b").span.bytes, to: bytes("c").span.bytes)
    try database.write(batch, sync: true)
    #expect(try database.keys() == ["c"])
  }

  @Test func iteratorKeepsItsBounds() throws {
    let database = try Database(path: scratch.file("db"))
    for key in ["a", "b", "c", "d"] { try database.put(key, "v") }
    #expect(try database.keys() == ["a", "b", "c", "d"])
    #expect(try database.keys(from: bytes("b"), to: bytes("d")) == ["b", "c"])
    #expect(try database.keys(from: bytes("c")) == ["c", "d"])
    #expect(try database.keys(from: bytes("x")) == [])
    #expect(try database.keys(from: bytes("d"), to: bytes("a")) == [])

    var iterator = RowIterator(database)
    iterator.next()
    let validBeforeSeek = iterator.isValid
    let emptyKey = iterator.key.isEmpty
    #expect(!validBeforeSeek && emptyKey)
    iterator.seekBackward(bytes("bb").span.bytes)
    let key = iterator.key.withUnsafeBytes { Array($0) }
    #expect(key == bytes("b"))
    iterator.previous()
    iterator.previous()
    let valid = iterator.isValid
    #expect(!valid)
  }

  @Test func snapshotSeesThePast() throws {
    let database = try Database(path: scratch.file("db"))
    try database.put("a", "1")
    let snapshot = Snapshot(of: database)
    try database.put("b", "2")
    var iterator = RowIterator(database, snapshot: snapshot)
    iterator.seekToLast()
    let key = iterator.key.withUnsafeBytes { Array($0) }
    #expect(key == bytes("a"))
  }

  @Test func secondOpenIsRefused() throws {
    let path = scratch.file("db")
    let database = try Database(path: path)
    let error = #expect(throws: StorageError.self) { try Database(path: path) }
    #expect(error?.code == .inputOutput)
    #expect(error?.operation == "open")
    #expect(error?.path == path)
    try database.put("a", "1")
  }

  @Test func missingDatabaseIsAnError() throws {
    var options = DatabaseOptions()
    options.createIfMissing = false
    let error = #expect(throws: StorageError.self) { try Database(path: scratch.file("none"), options: options) }
    #expect(error?.code == .invalidArgument)
    #expect(throws: StorageError.self) { try Database.families(in: scratch.file("none")) }
  }

  @Test func readOnlyRefusesWrites() throws {
    let path = scratch.file("db")
    do { try Database(path: path).put("a", "1") }
    var options = DatabaseOptions()
    options.readOnly = true
    let database = try Database(path: path, options: options)
    #expect(try database.text("a") == "1")
    let error = #expect(throws: StorageError.self) { try database.put("b", "2") }
    #expect(error?.code == .notSupported)
  }

  @Test func checkpointOpensElsewhere() throws {
    let database = try Database(path: scratch.file("db"), families: ["pegasus_meta_cf"])
    try database.put("a", "1")
    try database.checkpoint(to: scratch.file("copy"))
    try database.put("a", "2")
    var options = DatabaseOptions()
    options.createIfMissing = false
    let copy = try Database(path: scratch.file("copy"), families: ["pegasus_meta_cf"], options: options)
    #expect(try copy.text("a") == "1")
    #expect(throws: StorageError.self) { try database.checkpoint(to: scratch.file("copy")) }
  }

  /// A flush of one family only would end the process by an assertion of RocksDB 7.8.
  @Test func flushesMeetThoseOfCheckpointsAndCompactions() async throws {
    let database = try Database(path: scratch.file("db"), families: ["pegasus_meta_cf"])
    let meta = try #require(database.family("pegasus_meta_cf"))
    let (scratch, rounds) = (scratch, 50)
    @Sendable func repeated(_ name: String, _ work: @Sendable (String) throws -> Void) throws {
      for round in 0..<rounds {
        let key = "\(name)-\(round)"
        try database.put(key, "1")
        try database.put(key, "1", in: meta)
        try work(key)
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try repeated("flush") { _ in try database.flush() } }
      group.addTask { try repeated("copy") { try database.checkpoint(to: scratch.file($0)) } }
      group.addTask { try repeated("compact") { _ in try database.compact() } }
      try await group.waitForAll()
    }
    #expect(try database.keys().count == 3 * rounds)
  }

  @Test func ingestedFileIsRead() throws {
    let file = scratch.file("rows.sst")
    var writer = try SSTWriter(path: file)
    try writer.put(bytes("a").span.bytes, bytes("1").span.bytes)
    try writer.put(bytes("b").span.bytes, bytes("2").span.bytes)
    var refused: StorageError?
    do throws(StorageError) { try writer.put(bytes("a").span.bytes, bytes("0").span.bytes) } catch { refused = error }
    #expect(refused?.code == .invalidArgument)
    try writer.finish()
    let database = try Database(path: scratch.file("db"))
    try database.put("b", "old")
    try database.ingest([file])
    #expect(try database.text("a") == "1")
    #expect(try database.text("b") == "2")
    #expect(throws: StorageError.self) { try database.ingest([scratch.file("none.sst")]) }
  }

  @Test func ingestedBehindLoses() throws {
    let file = scratch.file("rows.sst")
    var writer = try SSTWriter(path: file)
    try writer.put(bytes("a").span.bytes, bytes("1").span.bytes)
    try writer.put(bytes("b").span.bytes, bytes("2").span.bytes)
    try writer.finish()
    var options = DatabaseOptions()
    options.allowIngestBehind = true
    let database = try Database(path: scratch.file("db"), options: options)
    try database.put("b", "newer")
    try database.ingest([file], behind: true)
    #expect(try database.text("a") == "1")
    #expect(try database.text("b") == "newer")
  }

  /// As on Pegasus 2.6: what is compacted before the files come lies where they would have to go.
  @Test(arguments: [false, true])
  func ingestingBehindNeedsTheDeepestLevel(_ compactsBefore: Bool) throws {
    let file = scratch.file("rows.sst")
    var writer = try SSTWriter(path: file)
    for number in 100..<200 { try writer.put(bytes("k\(number)").span.bytes, bytes("file").span.bytes) }
    try writer.finish()
    var options = DatabaseOptions()
    options.allowIngestBehind = true
    options.dynamicLevels = true
    let database = try Database(path: scratch.file("db"), options: options)
    try database.put("k150", "newer")
    try database.flush()
    if compactsBefore { try database.compact() }
    if compactsBefore {
      #expect(throws: StorageError.self) { try database.ingest([file], behind: true) }
    } else {
      try database.ingest([file], behind: true)
      #expect(try database.text("k150") == "newer" && database.text("k151") == "file")
      // Not a second time.
      #expect(throws: StorageError.self) { try database.ingest([file], behind: true) }
    }
  }

  @Test func optionsChangeWhileOpen() throws {
    var options = DatabaseOptions()
    options.levelZeroCompactionTrigger = 2
    let database = try Database(path: scratch.file("db"), options: options)
    try database.set([("disable_auto_compactions", "true"), ("write_buffer_size", "1048576")])
    for round in 0..<6 {
      try database.put("k", "\(round)")
      try database.flush()
    }
    #expect(database.liveFiles.count == 6)
    #expect(throws: StorageError.self) { try database.set([("no_such_option", "1")]) }
  }

  @Test func statisticsTellSizes() throws {
    let database = try Database(path: scratch.file("db"))
    for index in 0..<1000 { try database.put("key\(index)", String(repeating: "v", count: 100)) }
    try database.flush()
    #expect(database.number("rocksdb.estimate-num-keys") == 1000)
    #expect(database.number("rocksdb.nothing") == nil)
    #expect(database.property("rocksdb.stats")?.isEmpty == false)
    #expect(database.liveFiles.map(\.entries).reduce(0, +) == 1000)
    #expect(try database.approximateSize(from: bytes("a"), to: bytes("z")) > 0)
  }

  @Test func damagedFileIsToldAtTheEnd() throws {
    let path = scratch.file("db")
    var name = ""
    do {
      let database = try Database(path: path)
      for index in 0..<100 { try database.put("key\(index)", String(repeating: "v", count: 100)) }
      try database.flush()
      name = try #require(database.liveFiles.first?.name)
    }
    let descriptor = open(path + name, O_WRONLY)
    try #require(descriptor >= 0)
    pwrite(descriptor, [UInt8](repeating: 0xff, count: 64), 64, 200)
    close(descriptor)
    let database = try Database(path: path)
    let error = #expect(throws: StorageError.self) { try database.keys() }
    #expect(error?.code == .corruption)
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func fullDiskIsTold() throws {
    let disk = try #require(SmallDisk(megabytes: 4))
    let database = try Database(path: disk.path + "/db")
    let error = #expect(throws: StorageError.self) {
      for index in 0..<1000 { try database.put("key\(index)", String(repeating: "v", count: 10_000)) }
    }
    #expect(error?.code == .noSpace)
  }
}
