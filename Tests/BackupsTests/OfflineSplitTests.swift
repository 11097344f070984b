import BackupLayout
import Backups
import Bytes
import EventLoop
import Glibc
import PegasusProtocol
import StorageEngine
import TestSupport
import Testing

@Suite @LoopActor struct OfflineSplitTests {
  let real = LocalBlockService(name: "local_service", root: RealStorage.coldBackup)
  private let place = SplitPlace(BulkLoadTree(root: "loads", cluster: "ClusterB", table: "live_store"))

  private func realTable() async throws -> TableBackup {
    let location = BackupLocation(root: "onebox", id: RealStorage.backupID)
    return try #require(try await BackupReader(real).read(location).tables.first)
  }

  /// What the README beside the real backup says: alive rows by key, with their data and whether they end some day.
  private var realRows: [[UInt8]: (data: String, ends: Bool)] {
    get throws {
      var rows: [[UInt8]: (String, Bool)] = [:]
      for i in 0..<3000 where i % 50 != 7 {
        let digits = String(i / 3)
        let user = "user" + String(repeating: "0", count: 5 - digits.count) + digits
        let key = try PegasusKey(hashKey: Array(user.utf8), sortKey: Array("field\(i % 3)".utf8))
        rows[key.encoded] = (String(repeating: "value-\(i)-", count: 1 + i % 5), i % 4 == 1)
      }
      return rows
    }
  }

  @Test(arguments: [1, 2, 4, 5, 7, 8, 12] as [Int32])
  func theRealBackupForAnyCount(count: Int32) async throws {
    var options = place.options(count)
    options.smallestUnit = 1 << 10
    options.fileBytes = 8 << 10
    let result = try await OfflineSplit(of: try await realTable(), on: real, to: place.target, options: options).run()
    #expect(result.isComplete && result.warnings.isEmpty && result.counts.written == 2940)
    #expect(result.counts.misplaced == 0 && result.counts.markers <= 4)
    let partitions = try await LoadedRows.read(place.tree, on: place.target)
    #expect(partitions.map { Int64($0.count) } == result.rowsByPartition)
    let expected = try realRows
    var seen: Set<[UInt8]> = []
    for (index, rows) in partitions.enumerated() {
      #expect(
        zip(rows, rows.dropFirst()).allSatisfy { $0.key.lexicographicallyPrecedes($1.key) }, "files do not overlap")
      for row in rows {
        let key = try PegasusKey(encoded: row.key)
        #expect(PartitionHash.index(of: key.partitionHash, count: count) == Int32(index))
        var reader = ByteReader(row.value.span.bytes)
        let header = try ValueHeader(decoding: &reader)
        let data = String(decoding: row.value.dropFirst(header.length), as: UTF8.self)
        let wanted = expected[row.key]
        if wanted?.data != data || wanted?.ends != (header.expiry > 0) || header.timeTag.rawValue == 0 {
          Issue.record("row \(row.key) is not that of the README: \(data), expiry \(header.expiry)")
        }
        seen.insert(row.key)
      }
    }
    #expect(seen.count == 2940 && expected.count == 2940)
    let load = try await BulkLoadReader(place.target).read(place.tree, expecting: (id: 9, partitionCount: count))
    let check = await BackupCheck(load, on: place.target).run()
    #expect(load.isComplete && check.isComplete)
    #expect(!Files.exists(place.scratch.file("work")), "nothing is left in the work directory")
  }

  @Test func throughHDFSInBothDirections() async throws {
    let hdfs = try StandInHDFS()
    try hdfs.copy(real.root, to: "/base")
    let service = hdfs.service()
    let location = BackupLocation(root: "onebox", id: RealStorage.backupID)
    let table = try #require(try await BackupReader(service).read(location).tables.first)
    let split = OfflineSplit(of: table, on: service, to: service, options: place.options(5))
    let result = try await split.run()
    #expect(result.counts.written == 2940 && split.snapshot.fetchedBytes == 249_789)
    #expect(Files.names(in: place.scratch.path).isEmpty, "what was fetched and made is gone")
    let load = try await BulkLoadReader(service).read(place.tree, expecting: (id: 9, partitionCount: 5))
    #expect(load.isComplete && load.bytes == result.fileBytes)
    let check = await BackupCheck(load, on: service).run()
    #expect(check.isComplete)
    #expect(split.spaceNeeded.work > 249_789 && split.spaceNeeded.target == 249_789)
    // Killed just before its end, it writes the documents again and fetches nothing.
    hdfs["/base/\(place.tree.info)"] = nil
    let reads = hdfs.operations.count { $0 == "data OPEN" }
    let again = OfflineSplit(
      of: table, on: service, to: service, options: place.options(5), plan: split.plan,
      resumingFrom: split.takeCheckpoints())
    #expect(try await again.run() == result && again.takeCheckpoints().isEmpty)
    #expect(hdfs.operations.count { $0 == "data OPEN" } == reads && hdfs["/base/\(place.tree.info)"] != nil)
    #expect(!hdfs.paths.contains { $0.contains(".part") || $0.hasSuffix(".meta") })
  }

  @Test func filesAreLikeThoseThatServersIngest() async throws {
    _ = try await OfflineSplit(of: try await realTable(), on: real, to: place.target, options: place.options(4)).run()
    let theirs = try SSTReader(path: "\(RealStorage.bulkLoad)/onebox/bl/0/00001.sst").properties
    #expect(theirs.isExternal && theirs.entries == 1250)
    for partition in 0..<4 {
      let names = try await place.target.list("\(place.tree.table)/\(partition)").map(\.name).filter {
        $0.hasSuffix(".sst")
      }
      let paths = names.map { place.target.localPath("\(place.tree.table)/\(partition)/\($0)") ?? "" }
      for path in paths {
        let ours = try SSTReader(path: path).properties
        #expect(ours.isExternal && ours.comparator == theirs.comparator && ours.deletions == 0)
      }
      for behind in [false, true] {
        var options = DatabaseOptions()
        options.allowIngestBehind = true
        let database = try Database(path: place.scratch.file("ingest\(partition)\(behind)"), options: options)
        try database.ingest(paths, behind: behind)
        var rows = RowIterator(database)
        rows.seekToFirst()
        var count = 0
        while rows.isValid {
          count += 1
          rows.next()
        }
        try rows.check()
        #expect(count > 600)
      }
    }
    // The files of a real load are read in the same way.
    var rows = 0
    for partition in 0..<4 {
      for name in ["00001.sst", "00002.sst"] {
        let path = "\(RealStorage.bulkLoad)/onebox/bl/\(partition)/\(name)"
        rows += Int(try FileInspection.read(path, partition: Int32(partition), of: 4).rows)
      }
    }
    #expect(rows == 10_000)
    #expect(throws: SplitError.self) {
      try FileInspection.read("\(RealStorage.bulkLoad)/onebox/bl/0/00001.sst", partition: 1, of: 4)
    }
  }

  @Test func aSplitTargetIsNotOverwritten() async throws {
    let table = try await realTable()
    _ = try await OfflineSplit(of: table, on: real, to: place.target, options: place.options(4)).run()
    let error = await splitFailure { () throws(SplitError) in
      _ = try await OfflineSplit(of: table, on: self.real, to: self.place.target, options: self.place.options(4)).run()
    }
    #expect(error?.kind == .targetExists && error?.advice.isEmpty == false)
    place.scratch.write("other", "stays")
    try await OfflineSplit.clean(place.tree, on: place.target, workDirectory: place.scratch.file("work"))
    #expect(try await place.target.list("loads/ClusterB").isEmpty)
    _ = try await OfflineSplit(of: table, on: real, to: place.target, options: place.options(4)).run()
  }

  @Test func eachDamageHasItsOwnError() async throws {
    let checkpoint = "onebox/\(RealStorage.backupID)/live_store_16/1/chkpt_localhost_34803"
    let damages: [(String, SplitError.Kind, StorageProblem.Kind?, (LocalBlockService, String) async throws -> Void)] = [
      ("cut short", .source, .wrongSize, { _, root in truncate("\(root)/\(checkpoint)/000013.sst", 100) }),
      (
        "flipped bits", .source, .wrongDigest,
        { _, root in
          let descriptor = open("\(root)/\(checkpoint)/000013.sst", O_WRONLY)
          pwrite(descriptor, [1, 2, 3], 3, 3000)
          close(descriptor)
        }
      ),
      (
        "no metadata", .source, .missingDocument,
        { service, _ in try await service.delete("\(checkpoint)/backup_metadata") }
      ),
      ("no file", .source, .missingFile, { service, _ in try await service.delete("\(checkpoint)/CURRENT") }),
      (
        "not finished", .source, .missingDocument,
        { service, _ in
          try await service.delete("onebox/\(RealStorage.backupID)/live_store_16/3/current_checkpoint")
        }
      ),
    ]
    for (number, damage) in damages.enumerated() {
      let root = try place.scratch.copy(of: RealStorage.coldBackup, to: "damaged\(number)")
      let service = LocalBlockService(name: "x", root: root)
      try await damage.3(service, root)
      let backup = try await BackupReader(service).read(BackupLocation(root: "onebox", id: RealStorage.backupID))
      let table = try #require(backup.tables.first)
      let error = await splitFailure { () throws(SplitError) in
        _ = try await OfflineSplit(of: table, on: service, to: self.place.target, options: self.place.options(4)).run()
      }
      #expect(error?.kind == damage.1 && error?.problem?.kind == damage.2, "\(damage.0): \(error as Any)")
      #expect(error?.advice.hasPrefix("Make a new backup") == true)
      #expect(try await place.target.listIsEmpty(place.tree.info), "nothing can be loaded")
    }
  }

  @Test func damageThatNoDigestShowsIsFoundByTheEngine() async throws {
    let root = try place.scratch.copy(of: RealStorage.coldBackup)
    let service = LocalBlockService(name: "x", root: root)
    let path = "\(root)/onebox/\(RealStorage.backupID)/live_store_16/1/chkpt_localhost_34803/000013.sst"
    let descriptor = open(path, O_WRONLY)
    pwrite(descriptor, [UInt8](repeating: 9, count: 50), 50, 20_000)
    close(descriptor)
    let backup = try await BackupReader(service).read(BackupLocation(root: "onebox", id: RealStorage.backupID))
    var options = place.options(4)
    options.verifiesSource = false
    let split = OfflineSplit(of: try #require(backup.tables.first), on: service, to: place.target, options: options)
    let error = await splitFailure { () throws(SplitError) in _ = try await split.run() }
    #expect(error?.kind == .source && error?.detail.contains("checksum mismatch") == true)
    #expect(try await place.target.listIsEmpty(place.tree.info))
  }
}

/// The error of `body`, nil when it has none.
@LoopActor
func splitFailure(_ body: @LoopActor () async throws(SplitError) -> Void) async -> SplitError? {
  do throws(SplitError) {
    try await body()
    return nil
  } catch {
    return error
  }
}

extension LocalBlockService {
  /// Whether there is no file of that name.
  func listIsEmpty(_ path: String) async throws -> Bool {
    await storageFailure { () throws(BlockServiceError) in _ = try await self.stat(path) }?.kind == .notFound
  }
}
