import EventLoop
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

@Suite(.serialized) struct VerifyResumeTests {
  /// Two tables of 2001 rows that differ in 1 of 40.
  @LoopActor
  private func tables(_ left: ClusterFixture, _ right: ClusterFixture) async throws -> (Table, Table) {
    let source = try await left.table("from", partitions: 5)
    let target = try await right.table("to", partitions: 3)
    let rows = try sampleRows(2000)
    try await source.load(rows)
    try await target.load(rows)
    for number in stride(from: 0, to: 2000, by: 40) { _ = try await target.set(rows[number].key, value: [1]) }
    return (source, target)
  }

  private var options: VerifyOptions {
    var options = VerifyOptions()
    options.rounds = 1
    options.delay = .milliseconds(10)
    options.scanBatchSize = 20
    return options
  }

  @Test @LoopActor
  func aStoppedVerifyGoesOnWhereItWas() async throws {
    try await withClusters { left, right in
      let (source, target) = try await tables(left, right)
      let whole = VerifyRun(source: source, target: target, options: options)
      try await whole.prepare()
      let expected = await whole.run()
      #expect(expected.snapshot.counts.different == 50)

      var mark = VerifyCheckpoint()
      var differing: [DifferingKey] = []
      var runs = 0
      var result = expected
      while true {
        runs += 1
        var slow = options
        slow.maxRowsPerSecond = 4000
        let run = VerifyRun(
          source: source, target: target, options: slow, resumingFrom: mark, differing: differing)
        try await run.prepare()
        #expect(run.snapshot.counts.same == mark.same)
        let running = Task { @LoopActor in await run.run() }
        let aim = mark.same + 200
        try await eventually("it has come some way") { @LoopActor in
          run.snapshot.counts.same > aim || run.snapshot.error != nil || run.snapshot.round > 0
        }
        if run.snapshot.round > 0 || run.snapshot.isComplete {
          result = await running.value
          break
        }
        running.cancel()
        let stopped = await running.value
        #expect(stopped.snapshot.error?.isCancellation == true)
        let next = try #require(run.takeCheckpoint())
        // The last row may have been read when the stop came.
        #expect(!next.isFinished || next.same == expected.snapshot.counts.same)
        #expect(next.position != nil && next.same >= mark.same)
        differing += run.differing(differing.count..<next.differing)
        #expect(differing.count == next.differing)
        mark = next
      }
      #expect(runs > 2)
      #expect(result.snapshot.counts == expected.snapshot.counts)
      #expect(result.findings == expected.findings)
      #expect(result.snapshot.conclusion == .different)
    }
  }

  @Test @LoopActor
  func theFurtherLooksBeginAnew() async throws {
    try await withClusters { left, right in
      let (source, target) = try await tables(left, right)
      var slow = options
      slow.delay = .seconds(100)
      let first = VerifyRun(source: source, target: target, options: slow)
      try await first.prepare()
      let running = Task { @LoopActor in await first.run() }
      try await eventually("it looks again") { @LoopActor in first.snapshot.round > 0 }
      running.cancel()
      #expect(await running.value.snapshot.conclusion == .couldNotTell)
      let mark = try #require(first.takeCheckpoint())
      #expect(mark.isFinished && mark.differing == 50)

      let second = VerifyRun(
        source: source, target: target, options: options, resumingFrom: mark,
        differing: first.differing(0..<mark.differing))
      try await second.prepare()
      let result = await second.run()
      #expect(result.snapshot.counts.different == 50 && result.snapshot.counts.keys == 2001)
      #expect(result.snapshot.conclusion == .different)
    }
  }

  @Test @LoopActor
  func aClosedGateStopsTheReading() async throws {
    try await withClusters { left, right in
      let (source, target) = try await tables(left, right)
      let gate = Gate()
      let run = VerifyRun(source: source, target: target, options: options, gate: gate)
      try await run.prepare()
      gate.close()
      let running = Task { @LoopActor in await run.run() }
      try await loopSleep(.milliseconds(200))
      #expect(run.snapshot.counts.same == 0)
      gate.open()
      #expect(await running.value.snapshot.counts.same == 1951)
    }
  }

  @Test @LoopActor
  func someOfThePartitionsAreVerifiedTogether() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 6)
      let target = try await right.table("to", partitions: 4)
      let rows = try sampleRows(1000)
      try await source.load(rows)
      try await target.load(rows)
      var total: Int64 = 0
      for part in [[0, 1], [2, 5, 5], [3], [4]] as [[Int32]] {
        var options = options
        options.partitions = part
        let run = VerifyRun(source: source, target: target, options: options)
        try await run.prepare()
        let result = await run.run()
        #expect(result.snapshot.conclusion == .same)
        total += result.snapshot.counts.same
      }
      #expect(total == 1001)
    }
  }

  @Test @LoopActor
  func repliesFitTheMemory() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("large", partitions: 1)
      let value = [UInt8](repeating: 1, count: 1000)
      try await table.load(
        try (0..<300).map { (key: try PegasusKey(hashKey: Array("k\($0)".utf8), sortKey: []), value: value, expiry: 0) }
      )
      let known = try await table.partitions()
      #expect(known.count == 1)
      let cursor = VerifyCursor(
        table: table, partition: 0, choice: RowChoice(), options: VerifyOptions(), pageBudget: 5000,
        gate: Gate(), limiter: RateLimiter(), after: nil)
      var rows = 0
      var largest = 0
      while true {
        try await cursor.fill()
        if cursor.isAtEnd { break }
        if rows > 0 { largest = max(largest, cursor.page.rows.count) }
        rows += cursor.page.rows.count
      }
      #expect(rows == 300 && largest <= 5 && largest > 0)

      let roomy = VerifyCursor(
        table: table, partition: 0, choice: RowChoice(), options: VerifyOptions(), pageBudget: 1 << 20,
        gate: Gate(), limiter: RateLimiter(), after: nil)
      try await roomy.fill()
      try await roomy.fill()
      #expect(roomy.page.rows.count == 268)
    }
  }
}
