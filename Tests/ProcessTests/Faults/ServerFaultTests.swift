import Copying
import EventLoop
import Glibc
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

/// A copy between two processes whose servers stop, throttle, run full, or lose the table.
@Suite(.serialized) struct ServerFaultTests {
  private static let count = 30_000

  private struct Pair {
    let from: OneboxProcess
    let to: OneboxProcess
    let source: Table
    let target: Table
  }

  @LoopActor
  private func withPair(
    targetOptions: [String] = [], targetDirectory: String? = nil, _ body: @LoopActor (Pair) async throws -> Void
  ) async throws {
    let from = try await OneboxProcess("from")
    let to = try await OneboxProcess("to", options: targetOptions, directory: targetDirectory)
    let (left, right) = (from.client(), to.client())
    defer {
      left.close()
      right.close()
    }
    _ = try await left.createTable("t", partitionCount: 4, replicaCount: 3)
    _ = try await right.createTable("t", partitionCount: 6, replicaCount: 3)
    try await body(Pair(from: from, to: to, source: left.table("t"), target: right.table("t")))
  }

  @LoopActor
  private func start(
    _ pair: Pair, _ change: (inout CopyOptions) -> Void = { _ in }
  ) async throws -> (CopyRun, Task<CopyResult, Never>) {
    var options = CopyOptions()
    options.maxInFlight = 50
    options.timeout = .milliseconds(500)
    options.maxRowsPerSecond = 20_000
    change(&options)
    let run = CopyRun(source: pair.source, target: pair.target, options: options)
    _ = try await run.prepare()
    let task = Task { @LoopActor in await run.run() }
    try await eventually("some rows are copied") { @LoopActor in run.snapshot.counts.copied > 1000 }
    return (run, task)
  }

  @LoopActor
  private func expectWhole(_ result: CopyResult, _ pair: Pair) async throws {
    let counts = result.snapshot.counts
    #expect(result.isComplete, "\(result.error?.description ?? "") \(result.failureReasons)")
    #expect(counts.read == Int64(Self.count) && counts.copied == counts.read && counts.addsUp)
    let found = try await pair.target.everything()
    #expect(found.count == Self.count)
    #expect(found == (try await pair.source.everything()))
  }

  @Test(arguments: [true, false]) @LoopActor func aStoppedProcessIsWaitedFor(_ isSource: Bool) async throws {
    try await withPair { pair in
      try await pair.source.fill(Self.count)
      let (run, copy) = try await start(pair)
      let process = isSource ? pair.from : pair.to
      process.signal(SIGSTOP)
      let before = run.snapshot.retries
      try await eventually("something is tried again") { @LoopActor in run.snapshot.retries > before + 2 }
      process.signal(SIGCONT)
      try await expectWhole(await copy.value, pair)
    }
  }

  @Test @LoopActor func aTableThatThrottlesIsWaitedFor() async throws {
    try await withPair { pair in
      try await pair.source.fill(Self.count)
      let (run, copy) = try await start(pair)
      try await pair.target.cluster.setEnvironment([("replica.write_throttling", "600*reject*10")], table: "t")
      try await eventually("writes are rejected") { @LoopActor in run.snapshot.lastRetryReason == "ERR_BUSY" }
      let copied = run.snapshot.counts.copied
      try await eventually("it goes on, slowly") { @LoopActor in run.snapshot.counts.copied > copied }
      _ = try await pair.target.cluster.deleteEnvironment(["replica.write_throttling"], table: "t")
      try await expectWhole(await copy.value, pair)
    }
  }

  @Test(arguments: [true, false]) @LoopActor func aTableDroppedOnTheWayEndsTheCopy(_ isSource: Bool) async throws {
    try await withPair { pair in
      try await pair.source.fill(Self.count)
      let (_, copy) = try await start(pair)
      try await (isSource ? pair.source : pair.target).cluster.dropTable("t")
      let result = await copy.value
      #expect(!result.isComplete)
      let error = try #require(result.error)
      #expect("\(error)".contains("'t'"), "\(error)")
      #expect(result.snapshot.counts.addsUp && result.snapshot.counts.copied < Int64(Self.count))
    }
  }

  @Test @LoopActor func aTableMadeAgainOnTheWayIsNotTheTarget() async throws {
    try await withPair { pair in
      try await pair.source.fill(Self.count)
      let (_, copy) = try await start(pair)
      try await pair.target.cluster.dropTable("t")
      _ = try await pair.target.cluster.createTable("t", partitionCount: 6, replicaCount: 3)
      let result = await copy.value
      #expect(!result.isComplete && result.error != nil)
      let client = pair.to.client()
      defer { client.close() }
      #expect(try await client.table("t").everything().isEmpty)
    }
  }

  @Test @LoopActor func rowsThatExpireOnTheWayAreAccountedFor() async throws {
    try await withPair { pair in
      // The last rows of every partition's reading are over before their turn comes.
      let soon = UInt32(clamping: WallClock.unixSeconds + 3 - TTLEpoch.unix)
      try await pair.source.fill(Self.count) { $0 % 3 == 0 ? soon : 0 }
      let (_, copy) = try await start(pair) { $0.maxRowsPerSecond = 6000 }
      let result = await copy.value
      let counts = result.snapshot.counts
      #expect(result.isComplete, "\(result.failureReasons)")
      // A row that the source's server saw expire is not sent at all.
      #expect(counts.read == counts.copied + counts.expired)
      let found = try await pair.target.everything()
      let kept = Self.count - (Self.count + 2) / 3
      #expect(found.count == kept)
      #expect(found == (try await pair.source.everything()))
      #expect(counts.copied >= Int64(kept) && counts.copied < Int64(Self.count))
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  @LoopActor func aTargetWithoutRoomIsGoneOnWithWhenThereIsRoom() async throws {
    let disk = try #require(SmallDisk(megabytes: 40))
    let directory = disk.path + "/data"
    mkdir(directory, 0o700)
    try await withPair(
      targetOptions: ["--min_free_megabytes", "4", "--write_buffer_megabytes", "1"], targetDirectory: directory
    ) { pair in
      try await pair.source.fill(Self.count, valueSize: 1000)
      let (run, copy) = try await start(pair) { $0.giveUpAfter = .seconds(1) }
      let result = await copy.value
      let counts = result.snapshot.counts
      let error = try #require(result.error)
      #expect(!result.isComplete && "\(error)".contains("ERR_DISK_INSUFFICIENT"), "\(error)")
      // What it says to have copied is there, every row of it, and nothing but what the source has.
      let all = try await pair.source.everything()
      let half = try await pair.target.everything()
      #expect(Int64(half.count) >= counts.copied && counts.copied < Int64(Self.count))
      #expect(half.allSatisfy { all[$0.key] == $0.value })

      try disk.resize(megabytes: 1000)
      let second = CopyRun(
        source: pair.source, target: pair.target, options: CopyOptions(), resumingFrom: run.takeCheckpoints())
      _ = try await second.prepare()
      try await expectWhole(await second.run(), pair)
    }
  }
}
