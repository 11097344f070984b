import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

/// Findings out of an array.
@LoopActor
final class ListedFindings: RepairFindings {
  private var rest: [RepairFinding]
  /// The line after which reading fails; `nil` for never.
  var breaksAfter: Int64?

  init(_ findings: [RepairFinding]) { rest = findings.reversed() }

  convenience init(_ result: VerifyResult) {
    self.init(
      result.findings.enumerated().map { index, finding in
        RepairFinding(
          line: Int64(index) + 2, key: finding.key, verdict: finding.verdict, source: finding.source,
          target: finding.target, agrees: finding.agrees)
      })
  }

  func next() async throws(RepairInputError) -> RepairFinding? {
    if let breaksAfter, let next = rest.last, next.line > breaksAfter {
      throw RepairInputError("line \(next.line): broken")
    }
    return rest.popLast()
  }
}

@Suite(.serialized) struct RepairRunTests {
  @LoopActor
  private func verify(
    _ source: Table, _ target: Table, _ change: (inout VerifyOptions) -> Void = { _ in }
  ) async throws -> VerifyResult {
    var options = VerifyOptions()
    options.rounds = 1
    options.delay = .milliseconds(10)
    change(&options)
    let run = VerifyRun(source: source, target: target, options: options)
    try await run.prepare()
    return await run.run()
  }

  @LoopActor
  private func repair(
    _ source: Table, _ target: Table, _ findings: ListedFindings, gate: Gate = Gate(),
    from checkpoint: RepairCheckpoint = RepairCheckpoint(), _ change: (inout RepairOptions) -> Void = { _ in }
  ) async throws -> RepairRun {
    var options = RepairOptions()
    options.delay = .milliseconds(20)
    change(&options)
    let run = RepairRun(
      source: source, target: target, findings: findings, options: options, gate: gate, resumingFrom: checkpoint)
    try await run.prepare()
    return run
  }

  private func key(_ hash: String, _ sort: String) throws -> PegasusKey {
    try PegasusKey(hashKey: Array(hash.utf8), sortKey: Array(sort.utf8))
  }

  /// Two equal tables of 601 rows, and then a target with four rows missing, three extra, three different.
  @LoopActor
  private func damaged(
    _ left: ClusterFixture, _ right: ClusterFixture
  ) async throws -> (source: Table, target: Table, rows: [(key: PegasusKey, value: [UInt8], expiry: UInt32)]) {
    let source = try await left.table("from", partitions: 5)
    let target = try await right.table("to", partitions: 7)
    let rows = try sampleRows(600)
    try await source.load(rows)
    try await target.load(rows)
    // Number 0 has no hash key and expires, 1 does neither.
    for index in [0, 1, 3, 599] { _ = try await target.delete(rows[index].key) }
    for sort in ["x", "y"] { _ = try await target.set(try key("extra", sort), value: [1]) }
    _ = try await target.set(try key("", "extra"), value: [])
    _ = try await target.set(rows[97].key, value: Array("other".utf8))
    _ = try await target.set(rows[6].key, value: rows[6].value, ttl: .expiry(rows[6].expiry + 500))
    _ = try await target.set(rows[600].key, value: [7])
    return (source, target, rows)
  }

  @Test @LoopActor
  func whatDiffersIsMendedAndNothingElse() async throws {
    try await withClusters { left, right in
      let (source, target, _) = try await damaged(left, right)
      let found = try await verify(source, target)
      #expect(found.findings.count == 10)

      // A dry run says the same, and writes nothing.
      let before = try await target.allRows()
      let dry = await
        (try await repair(source, target, ListedFindings(found)) {
          $0.isDryRun = true
          $0.deletesExtra = true
        }).run()
      #expect(dry.snapshot.counts.mended == 7 && dry.snapshot.counts.deleted == 3)
      #expect(try await target.allRows() == before)

      let run = try await repair(source, target, ListedFindings(found))
      var outcomes: [RepairDecision.Outcome: Int] = [:]
      run.onDecision = { outcomes[$0.outcome, default: 0] += 1 }
      let result = await run.run()
      let counts = result.snapshot.counts
      #expect(result.error == nil && result.firstFailures.isEmpty)
      #expect(counts.lookedAt == 10 && counts.mended == 7 && counts.skipped == 3 && counts.pending == 0)
      #expect(counts.unconditional == 0)
      #expect(outcomes == [.mended: 7, .skipped: 3])
      #expect(!result.isComplete)
      let rest = try await verify(source, target)
      #expect(rest.findings.map(\.verdict) == [.extra, .extra, .extra])

      let second = await (try await repair(source, target, ListedFindings(found)) { $0.deletesExtra = true }).run()
      #expect(second.isComplete)
      #expect(second.snapshot.counts.same == 7 && second.snapshot.counts.deleted == 3)
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  @Test @LoopActor
  func whatCameInOrderMeanwhileIsLeftAlone() async throws {
    try await withClusters { left, right in
      let (source, target, rows) = try await damaged(left, right)
      let found = try await verify(source, target)
      // Extra rows come to the source, a missing one goes from it, a different one is set on both sides.
      _ = try await source.set(try key("extra", "x"), value: [1])
      _ = try await source.set(try key("extra", "y"), value: [2])
      _ = try await source.delete(rows[1].key)
      _ = try await source.set(rows[97].key, value: [9])
      _ = try await target.set(rows[97].key, value: [9])
      let result = await (try await repair(source, target, ListedFindings(found)) { $0.deletesExtra = true }).run()
      let counts = result.snapshot.counts
      #expect(result.isComplete)
      #expect(counts.lookedAt == 10 && counts.same == 3 && counts.deleted == 1 && counts.mended == 6)
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  @Test @LoopActor
  func findingsThatAgreeAreNotLookedAt() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      let row = try key("k", "s")
      _ = try await source.set(row, value: [1])
      let finding = RepairFinding(
        line: 2, key: row, verdict: .changedMeanwhile, source: nil, target: nil, agrees: true)
      let result = await (try await repair(source, target, ListedFindings([finding]))).run()
      #expect(result.isComplete && result.snapshot.counts.settled == 1 && result.snapshot.counts.lookedAt == 0)
      #expect(try await target.allRows().isEmpty)
    }
  }

  @Test @LoopActor
  func aRowWithoutALookIsLookedAtTwice() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      let row = try key("k", "s")
      _ = try await source.set(row, value: [1])
      let finding = RepairFinding(line: 2, key: row, verdict: .unreadable, source: nil, target: nil, agrees: false)
      let result = await (try await repair(source, target, ListedFindings([finding]))).run()
      #expect(result.isComplete && result.snapshot.counts.mended == 1)
      #expect(try await target.get(row).value == [1])
    }
  }

  /// Both sides are written to, first the source and then the target, as an application that writes twice does.
  @Test @LoopActor
  func concurrentWritersLoseNothing() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 4)
      let rows = try (0..<60).map { try key("k\($0)", "s") }
      for row in rows { _ = try await source.set(row, value: [0]) }
      let found = try await verify(source, target)
      #expect(found.snapshot.counts.missing == 60)
      let run = try await repair(source, target, ListedFindings(found)) {
        $0.maxConcurrentRows = 8
        $0.delay = .milliseconds(5)
      }
      let writer = Task { @LoopActor in
        for round in 1...3 {
          for row in rows {
            _ = try await source.set(row, value: [UInt8(round)])
            _ = try await target.set(row, value: [UInt8(round)])
          }
        }
      }
      let result = await run.run()
      try await writer.value
      #expect(result.error == nil && result.snapshot.counts.failed == 0 && result.snapshot.counts.pending == 0)
      // Whoever wrote last wrote 3 to both; the repair never puts an older value over it.
      let left = try await source.allRows()
      #expect(left.values.allSatisfy { $0.value == [3] })
      #expect(try await target.allRows() == left)
    }
  }

  @Test @LoopActor
  func aValueThatWasWrittenBetweenLookAndWriteIsNotOverwritten() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 3)
      for row in [try key("k", "s"), try key("", "s")] {
        #expect(try await table.set(row, value: [1], ttl: .none, ifValueIs: nil))
        #expect(try await !table.set(row, value: [2], ttl: .none, ifValueIs: nil))
        #expect(try await !table.set(row, value: [2], ttl: .none, ifValueIs: [9]))
        #expect(try await table.set(row, value: [], ttl: .none, ifValueIs: [1]))
        #expect(try await !table.delete(row, ifValueIs: [1]))
        #expect(try await table.get(row).value == [])
        #expect(try await table.delete(row, ifValueIs: []))
        #expect(try await table.get(row).value == nil)
      }
    }
  }

  @Test @LoopActor
  func largeValuesAreWrittenWithoutACondition() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = try await right.table("to", partitions: 1)
      let row = try key("k", "s")
      let value = [UInt8](repeating: 7, count: 600 << 10)
      _ = try await source.set(row, value: value)
      let result = await (try await repair(source, target, ListedFindings(try await verify(source, target)))).run()
      #expect(result.isComplete && result.snapshot.counts.mended == 1 && result.snapshot.counts.unconditional == 1)
      #expect(try await target.get(row).value == value)
    }
  }

  @Test @LoopActor
  func anExpiryThatTheTargetGivesIsNamed() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = try await right.table("to", partitions: 1)
      _ = try await right.client.setEnvironment([("default_ttl", "1000")], table: "to")
      _ = try await source.set(try key("k", "s"), value: [1])
      let found = try await verify(source, target)
      let run = try await repair(source, target, ListedFindings(found))
      let result = await run.run()
      #expect(result.snapshot.counts.failed == 1 && !result.isComplete)
      // A later run looks at it again.
      #expect(run.takeCheckpoint() == nil)
      #expect(result.firstFailures.first?.reason.contains("default_ttl") == true)
    }
  }

  @Test @LoopActor
  func aStoppedRepairGoesOnWhereItWas() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 3)
      let rows = try sampleRows(200)
      try await source.load(rows)
      let found = try await verify(source, target)
      #expect(found.findings.count == 201)
      let gate = Gate()
      let run = try await repair(source, target, ListedFindings(found), gate: gate) { $0.batchSize = 20 }
      // Paused: what is on its way ends, and then nothing moves.
      run.onDecision = { [weak run] _ in if let run, run.snapshot.counts.mended > 50 { gate.close() } }
      let running = Task { @LoopActor in await run.run() }
      try await eventually("some rows are mended") { @LoopActor in gate.isClosed }
      try await eventually("nothing is on its way") { @LoopActor in run.snapshot.counts.pending == 0 }
      let paused = run.snapshot.counts.mended
      #expect(paused < 201)
      running.cancel()
      let stopped = await running.value
      #expect(stopped.error?.isCancellation == true && stopped.snapshot.counts.mended == paused)
      let mark = try #require(run.takeCheckpoint())
      #expect(run.takeCheckpoint() == nil)
      #expect(mark.counts.mended <= paused && mark.counts.mended % 20 == 0 && mark.counts.mended > 0)
      #expect(mark.line == mark.counts.mended + 1 && !mark.isFinished)

      let next = try await repair(source, target, ListedFindings(found), from: mark)
      let result = await next.run()
      #expect(result.isComplete && next.takeCheckpoint()?.isFinished == true)
      #expect(result.snapshot.counts.lookedAt == 201)
      #expect(result.snapshot.counts.mended + result.snapshot.counts.same == 201)
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  @Test @LoopActor
  func theRateIsHeldAndWhatCannotBeDoneIsSaid() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 3)
      try await source.load(try sampleRows(29))
      let found = try await verify(source, target)
      let slow = await
        (try await repair(source, target, ListedFindings(found)) {
          $0.maxRowsPerSecond = 100
          $0.isDryRun = true
        }).run()
      #expect(slow.snapshot.elapsed > .milliseconds(250))

      let broken = ListedFindings(found)
      broken.breaksAfter = 10
      let ended = await (try await repair(source, target, broken) { $0.batchSize = 4 }).run()
      #expect(ended.error?.cause.contains("line 11") == true)
      #expect(ended.snapshot.counts.mended == 8)

      // The target does not answer: the first rows fail, the others are not waited for.
      let run = try await repair(source, target, ListedFindings(found)) {
        $0.timeout = .milliseconds(100)
        $0.giveUpAfter = .milliseconds(300)
        $0.maxConcurrentRows = 4
      }
      await right.server.stop()
      let dead = await run.run()
      #expect(dead.error != nil && dead.snapshot.counts.failed >= 1 && dead.snapshot.counts.failed <= 4)
      #expect(dead.snapshot.counts.pending == 0)
    }
  }

  @Test @LoopActor
  func aTableThatIsMadeAgainDeletesNothing() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 3)
      try await target.load(try sampleRows(20))
      let found = try await verify(source, target)
      #expect(found.snapshot.counts.extra == 21)
      let run = try await repair(source, target, ListedFindings(found)) { $0.deletesExtra = true }
      _ = try await left.client.dropTable("from", reserveSeconds: 0)
      _ = try await left.client.createTable("from", partitionCount: 3, replicaCount: 3)
      let result = await run.run()
      #expect(result.error?.cause.contains("created again") == true)
      #expect(result.snapshot.counts.deleted == 0)
      #expect(try await target.allRows().count == 21)
    }
  }
}
