import BackupLayout
import Backups
import Bytes
import EventLoop
import Glibc
import PegasusProtocol
import StorageEngine
import TestSupport
import Testing

/// What becomes of rows: versions, expiry, leftovers; and of a split that is stopped and goes on.
@Suite @LoopActor struct OfflineSplitRowTests {
  typealias Row = SampleBackup.Row

  private let place = SplitPlace()

  private static func rows(_ count: Int) -> [Row] {
    (0..<count).map { Row(hashKey: "user\($0 / 4)", sortKey: "f\($0 % 4)", value: "value \($0)") }
  }

  @Test(arguments: [ValueHeader.Version.v0, .v1, .v2], [ValueHeader.Version.v0, .v1])
  func valuesTurnIntoTheWantedVersion(from: ValueHeader.Version, to: ValueHeader.Version) async throws {
    var sample = SampleBackup(place.scratch, partitionCount: 3)
    sample.version = from
    var rows = Self.rows(200)
    for index in rows.indices where index % 3 == 0 { rows[index].expiry = 4_000_000_000 }
    var options = place.options(2)
    options.dataVersion = to
    let result = try await OfflineSplit(
      of: try await sample.make(rows), on: sample.service, to: place.target, options: options
    ).run()
    #expect(result.counts.written == 200 && result.isComplete)
    #expect(result.warnings.count == (from == to ? 0 : 3))
    let found = try await LoadedRows.read(place.tree, on: place.target).joined()
    let values = Dictionary(uniqueKeysWithValues: found.map { ($0.key, $0.value) })
    for row in rows {
      var wanted = ByteBuffer()
      let tag = TimeTag(rawValue: from == .v0 ? 0 : 77)
      ValueHeader(version: to, expiry: row.expiry, timeTag: tag).encode(into: &wanted)
      wanted.append(utf8: row.value)
      #expect(values[try SampleBackup.key(row).encoded] == wanted.array())
    }
  }

  @Test func everyRowIsAccountedFor() async throws {
    let sample = SampleBackup(place.scratch, partitionCount: 4)
    var rows = Self.rows(400)
    for index in rows.indices where index % 10 == 0 { rows[index].expiry = 1000 }
    for index in rows.indices where index % 10 == 1 { rows[index].expiry = .max }
    let foreign = try rows.map { try SampleBackup.key($0) }.first {
      PartitionHash.index(of: $0.partitionHash, count: 4) == 2
    }
    let raw: [([UInt8], [UInt8])] = [
      ([], [UInt8](repeating: 0, count: 12)), ([0], [1]),
      (try #require(foreign).encoded, [UInt8](repeating: 0, count: 20)),
      ([0xff, 0xff, 1], [UInt8](repeating: 0, count: 12)),
      (try PegasusKey(hashKey: [], sortKey: []).encoded, [1, 2, 3]),
    ]
    let table = try await sample.make(rows, raw: raw)
    let split = OfflineSplit(of: table, on: sample.service, to: place.target, options: place.options(4))
    let result = try await split.run()
    #expect(result.counts.isBalanced && result.counts.read == 405)
    #expect(result.counts.expired == 40 && result.counts.written == 360)
    #expect(result.counts.markers == 2 && result.counts.misplaced == 1 && result.counts.malformed == 2)
    #expect(!result.isComplete && result.malformedKeys.sorted() == ["0000", "ffff01"])
    #expect(split.snapshot.counts == result.counts && split.snapshot.stage == .done)
    #expect(split.snapshot.fractionDone == 1)
    var keeping = place.options(5)
    keeping.dropsExpired = false
    keeping.tree = BulkLoadTree(root: "", cluster: "c", table: "all")
    let all = try await OfflineSplit(of: table, on: sample.service, to: place.target, options: keeping).run()
    #expect(all.counts.written == 400 && all.counts.expired == 0)
  }

  @Test func emptyPartitionsHaveAMarker() async throws {
    let sample = SampleBackup(place.scratch, partitionCount: 2)
    let table = try await sample.make([Row(hashKey: "only", sortKey: "", value: "one")])
    let result = try await OfflineSplit(of: table, on: sample.service, to: place.target, options: place.options(3))
      .run()
    #expect(result.emptyPartitions.count == 2 && result.counts.written == 1 && result.files == 3)
    let rows = try await LoadedRows.read(place.tree, on: place.target)
    for index in result.emptyPartitions {
      #expect(rows[Int(index)].count == 1 && rows[Int(index)][0].key.isEmpty)
      #expect(rows[Int(index)][0].value == [UInt8](repeating: 0, count: 12))
    }
  }

  @Test(arguments: [1, 3])
  func manyUnitsFilesAndPasses(openFiles: Int) async throws {
    var sample = SampleBackup(place.scratch, partitionCount: 3)
    sample.rounds = 3
    let rows = Self.rows(20_000)
    let table = try await sample.make(rows)
    var options = place.options(7)
    options.smallestUnit = 16 << 10
    options.fileBytes = 20_000
    options.openFiles = openFiles
    options.workers = 4
    options.smallestFile = 1 << 10
    let split = OfflineSplit(of: table, on: sample.service, to: place.target, options: options)
    let result = try await split.run()
    #expect(result.counts.read == 20_000 && result.counts.written == 20_000)
    let plan = try #require(split.plan)
    #expect(plan.units.count >= 8 && plan.classes == 1)
    #expect(plan.units.first?.from == nil && plan.units.last?.to == nil)
    #expect(zip(plan.units, plan.units.dropFirst()).allSatisfy { $0.to == $1.from })
    let counts = split.takeCheckpoints().filter { $0.stage == .split }.map(\.counts.read)
    #expect(counts.count == plan.units.count && (counts.max() ?? 0) < 6 * (20_000 / Int64(plan.units.count)))
    #expect(result.files > 7)
    let found = try await LoadedRows.read(place.tree, on: place.target)
    #expect(found.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0.key.lexicographicallyPrecedes($1.key) } })
    #expect(Set(found.joined().map(\.key)).count == 20_000)
    #expect(SplitPlan(plan.json) == plan)
  }

  @Test func aStoppedSplitGoesOnWithoutDoubledRows() async throws {
    var sample = SampleBackup(place.scratch, partitionCount: 4)
    sample.rounds = 2
    let table = try await sample.make(Self.rows(20_000))
    var options = place.options(6)
    options.smallestUnit = 16 << 10
    options.workers = 1
    options.fileBytes = 20_000
    let gate = Gate()
    let first = OfflineSplit(of: table, on: sample.service, to: place.target, options: options, gate: gate)
    let running = Task { @LoopActor in
      await splitFailure { () throws(SplitError) in _ = try await first.run() }
    }
    var checkpoints: [SplitCheckpoint] = []
    // Looked at in every turn of the loop: there are not many units, and each takes no longer than a pause would.
    while !checkpoints.contains(where: { $0.stage == .split }) {
      try #require(first.snapshot.stage != .done)
      await Task.yield()
      checkpoints += first.takeCheckpoints()
    }
    // As after a pause, a kill in the middle of a unit, and another look at what was journaled.
    gate.close()
    running.cancel()
    #expect(await running.value?.kind == .cancelled)
    checkpoints += first.takeCheckpoints()
    let settled = try #require(first.plan)
    let plan = try #require(SplitPlan(settled.json))
    let done = checkpoints.filter { $0.stage == .split }
    #expect(done.count < plan.units.count)
    let directory = try #require(place.target.localPath("\(place.tree.table)/0"))
    let unit = try #require(plan.units.first { unit in !done.contains { $0.part == unit.number } })
    try Files.replace("\(directory)/.99999-0001.sst.part", with: [1, 2, 3])
    try await place.target.write("\(place.tree.table)/0/99998-0001.sst", [1])
    for name in ["0001", "0002"] {
      let digits = String(unit.number)
      let number = String(repeating: "0", count: 5 - digits.count) + digits
      try await place.target.write("\(place.tree.table)/\(unit.remainder)/\(number)-\(name).sst", [7, 7])
    }
    let kept = checkpoints.compactMap { SplitCheckpoint(stage: $0.stage, part: $0.part, $0.json) }
    #expect(kept == checkpoints)
    let second = OfflineSplit(
      of: table, on: sample.service, to: place.target, options: options, plan: plan, resumingFrom: kept)
    let result = try await second.run()
    #expect(result.counts.read == 20_000 && result.counts.written == 20_000)
    #expect(second.takeCheckpoints().count == plan.units.count - done.count, "what was finished is not done again")
    let found = try await LoadedRows.read(place.tree, on: place.target)
    #expect(found.joined().count == 20_000 && Set(found.joined().map(\.key)).count == 20_000)
    #expect(Files.names(in: directory).allSatisfy { !$0.contains("9999") })
  }

  @Test func whatWasLostMeanwhileIsDoneAgainAndAnotherBackupRefused() async throws {
    let sample = SampleBackup(place.scratch, partitionCount: 2)
    let table = try await sample.make(Self.rows(1000))
    let first = OfflineSplit(of: table, on: sample.service, to: place.target, options: place.options(4))
    _ = try await first.run()
    let checkpoints = first.takeCheckpoints()
    let plan = try #require(first.plan)
    let lost = try #require(checkpoints.last?.files.first)
    try await place.target.delete("\(place.tree.partition(lost.partition))/\(lost.record.name)")
    let again = OfflineSplit(
      of: table, on: sample.service, to: place.target, options: place.options(4), plan: plan, resumingFrom: checkpoints)
    let result = try await again.run()
    #expect(result.counts.written == 1000 && again.takeCheckpoints().map(\.part) == [checkpoints.last?.part])
    #expect(try await LoadedRows.read(place.tree, on: place.target).joined().count == 1000)
    var other = table
    other.partitions[0].metadata?.files[0].md5 = "other"
    for (table, count) in [(other, 4), (table, 8)] as [(TableBackup, Int32)] {
      let wrong = OfflineSplit(
        of: table, on: sample.service, to: place.target, options: place.options(count), plan: plan)
      let error = await splitFailure { () throws(SplitError) in _ = try await wrong.run() }
      #expect(error?.kind == .changed && error?.advice.isEmpty == false)
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func aFullDiskIsTold() async throws {
    let sample = SampleBackup(place.scratch, partitionCount: 2)
    let rows = (0..<3000).map { index in
      Row(
        hashKey: "user\(index)", sortKey: "",
        value: (0..<60).map { _ in String(UInt64.random(in: 0...(.max))) }.joined())
    }
    let table = try await sample.make(rows)
    let disk = try #require(SmallDisk(megabytes: 2))
    let full = LocalBlockService(name: "small", root: disk.path)
    let split = OfflineSplit(of: table, on: sample.service, to: full, options: place.options(4))
    let error = await splitFailure { () throws(SplitError) in _ = try await split.run() }
    #expect(error?.kind == .noSpace && error?.advice.hasPrefix("Make room") == true)
    try await OfflineSplit.clean(place.tree, on: full, workDirectory: place.scratch.file("work"))
    #expect(Files.names(in: disk.path + "/c").isEmpty)
    // On a storage that is not here the work directory is what can be full.
    let hdfs = try StandInHDFS()
    try hdfs.copy(sample.service.root, to: "/base")
    var remote = place.options(4)
    remote.workDirectory = disk.path + "/work"
    let fetching = OfflineSplit(of: table, on: hdfs.service(), to: place.target, options: remote)
    let fetchError = await splitFailure { () throws(SplitError) in _ = try await fetching.run() }
    #expect(fetchError?.kind == .noSpace)
  }
}
