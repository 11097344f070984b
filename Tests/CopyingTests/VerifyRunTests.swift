import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

@Suite(.serialized) struct VerifyRunTests {
  @LoopActor
  private func run(
    _ source: Table, _ target: Table, gate: Gate = Gate(), _ change: (inout VerifyOptions) -> Void = { _ in }
  ) async throws -> VerifyRun {
    var options = VerifyOptions()
    options.rounds = 2
    options.delay = .milliseconds(20)
    options.scanBatchSize = 50
    change(&options)
    let run = VerifyRun(source: source, target: target, options: options, gate: gate)
    try await run.prepare()
    return run
  }

  /// Runs `body` when both tables have been read and before anything is looked at again, however long it takes.
  @LoopActor
  private func between(_ run: VerifyRun, _ gate: Gate, _ body: @LoopActor () async throws -> Void) async throws {
    try await eventually("both tables are read") { run.snapshot.round > 0 || run.snapshot.error != nil }
    gate.close()
    try await body()
    gate.open()
  }

  @LoopActor
  private func verify(
    _ source: Table, _ target: Table, _ change: (inout VerifyOptions) -> Void = { _ in }
  ) async throws -> VerifyResult {
    let result = await (try await run(source, target, change)).run()
    let counts = result.snapshot.counts
    if result.snapshot.isComplete {
      let onBoth = counts.sourceRows + counts.targetRows - counts.keys
      #expect(onBoth >= counts.same && onBoth <= counts.keys)
    }
    #expect(Int64(result.findings.count) + result.unlisted == counts.keys - counts.same)
    return result
  }

  private func key(_ hash: String, _ sort: String) throws -> PegasusKey {
    try PegasusKey(hashKey: Array(hash.utf8), sortKey: Array(sort.utf8))
  }

  @Test(arguments: [(5, 7), (4, 8), (8, 4), (3, 3), (1, 6)] as [(Int32, Int32)])
  @LoopActor
  func equalTablesAreTheSameWhateverTheirPartitionCounts(_ counts: (Int32, Int32)) async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: counts.0)
      let target = try await right.table("to", partitions: counts.1)
      let rows = try sampleRows(2000)
      try await source.load(rows)
      try await target.load(rows)
      let result = try await verify(source, target)
      #expect(result.snapshot.conclusion == .same)
      #expect(result.snapshot.counts.same == 2001)
      #expect(result.snapshot.counts.sourceRows == 2001 && result.snapshot.counts.targetRows == 2001)
      #expect(result.findings.isEmpty)

      // Every partition alone, and together they are the table.
      var rowsOfPartitions: Int64 = 0
      for partition in 0..<counts.0 {
        let part = try await verify(source, target) { $0.partitions = [partition] }
        #expect(part.snapshot.conclusion == .same)
        rowsOfPartitions += part.snapshot.counts.same
      }
      #expect(rowsOfPartitions == 2001)
    }
  }

  @Test @LoopActor
  func emptyTablesAreTheSame() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 3)
      #expect(try await verify(source, target).snapshot.conclusion == .same)
      try await target.load(try sampleRows(10))
      let result = try await verify(source, target)
      #expect(result.snapshot.conclusion == .different)
      #expect(result.snapshot.counts.extra == 11)
    }
  }

  @Test @LoopActor
  func differencesAreNamedExactly() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 5)
      let target = try await right.table("to", partitions: 7)
      let rows = try sampleRows(600)
      try await source.load(rows)
      try await target.load(rows)
      let later = TTLEpoch.expiry(ttl: 5000, unixNow: WallClock.unixSeconds)
      _ = try await target.delete(rows[1].key)
      _ = try await target.delete(rows[599].key)
      let extra = try key("", "extra")
      _ = try await target.set(extra, value: [0, 255])
      _ = try await target.set(rows[4].key, value: Array("other".utf8))
      _ = try await target.set(rows[3].key, value: rows[3].value, ttl: .expiry(rows[3].expiry + 5))
      _ = try await target.set(rows[5].key, value: rows[5].value, ttl: .expiry(later))
      _ = try await target.set(rows[6].key, value: rows[6].value, ttl: .expiry(rows[6].expiry + 1))

      let result = try await verify(source, target)
      #expect(result.snapshot.conclusion == .different)
      let found = Dictionary(uniqueKeysWithValues: result.findings.map { ($0.key, $0.verdict) })
      #expect(
        found == [
          rows[1].key: .missing, rows[599].key: .missing, extra: .extra, rows[4].key: .different,
          rows[3].key: .different, rows[5].key: .different,
        ])
      #expect(result.findings.map(\.key) == result.findings.map(\.key).sorted())
      #expect(result.findings.first { $0.key == rows[1].key }?.sign == "+")
      #expect(result.findings.first { $0.key == extra }?.sign == "-")
      #expect(result.findings.first { $0.key == rows[4].key }?.sign == "*")
      let counts = result.snapshot.counts
      #expect(counts.same == 596 && counts.missing == 2 && counts.extra == 1 && counts.different == 3)
      #expect(counts.keys == 602)

      let strict = try await verify(source, target) { $0.expiryTolerance = 0 }
      #expect(strict.snapshot.counts.different == 4)
      let lax = try await verify(source, target) { $0.expiryTolerance = 5 }
      #expect(lax.snapshot.counts.different == 2)
      let without = try await verify(source, target) { $0.ignoresExpiry = true }
      #expect(without.snapshot.counts.different == 1)
      #expect(without.findings.count { $0.verdict == .different && $0.key == rows[4].key } == 1)

      let first = try await verify(source, target) { $0.rounds = 0 }
      #expect(first.snapshot.counts == counts)

      let short = try await verify(source, target) { $0.limit = 2 }
      #expect(short.findings.count == 2 && short.unlisted == 4)
      #expect(short.snapshot.counts.unconfirmed == 4 && short.snapshot.counts.stable == 2)
      #expect(short.snapshot.counts.keys == 602)
    }
  }

  @Test @LoopActor
  func bothSidesChooseTheSameSample() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 6)
      let rows = try sampleRows(4000)
      try await source.load(rows)
      try await target.load(rows)
      let result = try await verify(source, target) { $0.sample = 10 }
      let counts = result.snapshot.counts
      #expect(result.snapshot.conclusion == .same)
      #expect(counts.sourceRows == counts.targetRows)
      #expect((300...500).contains(counts.same))
      let again = try await verify(target, source) { $0.sample = 10 }
      #expect(again.snapshot.counts.same == counts.same)
    }
  }

  @Test @LoopActor
  func filtersChooseTheRows() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 6)
      let rows = try sampleRows(1000)
      try await source.load(rows)
      let wanted = rows.filter { $0.key.sortKey.starts(with: Array("s1".utf8)) }
      try await target.load(wanted)
      let result = try await verify(source, target) { $0.filter.sortKey = PatternFilter(.prefix, Array("s1".utf8)) }
      #expect(result.snapshot.conclusion == .same)
      #expect(result.snapshot.counts.same == Int64(wanted.count))

      let byValue = try await verify(source, target) { $0.filter.value = PatternFilter(.exact, Array("value 17".utf8)) }
      #expect(byValue.snapshot.conclusion == .same && byValue.snapshot.counts.keys == 1)
      let missing = try await verify(source, target) { $0.filter.value = PatternFilter(.exact, Array("value 2".utf8)) }
      #expect(missing.findings.map(\.verdict) == [.missing])
    }
  }

  @Test @LoopActor
  func whatHealsOrExpiresMeanwhileIsNoDifference() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 6)
      let rows = try sampleRows(200)
      try await source.load(rows)
      try await target.load(rows)
      _ = try await target.delete(rows[1].key)
      let going = try key("going", "1")
      let deleted = try key("deleted", "1")
      _ = try await source.set(going, value: [1], ttl: .seconds(600))
      _ = try await source.set(deleted, value: [1])
      let gate = Gate()
      let run = try await run(source, target, gate: gate) { $0.delay = .milliseconds(300) }
      let running = Task { @LoopActor in await run.run() }
      try await between(run, gate) {
        _ = try await target.set(rows[1].key, value: rows[1].value, ttl: .expiry(rows[1].expiry))
        _ = try await source.delete(going)
        _ = try await source.delete(deleted)
      }
      let result = await running.value
      #expect(result.snapshot.conclusion == .same)
      let found = Dictionary(uniqueKeysWithValues: result.findings.map { ($0.key, $0.verdict) })
      #expect(found == [rows[1].key: .changedMeanwhile, going: .expired, deleted: .changedMeanwhile])
      #expect(result.findings.allSatisfy { $0.sign == "=" && $0.agrees })
      #expect(result.snapshot.counts.unsettled == 0)
      #expect(result.snapshot.counts.keys == 203)
    }
  }

  @Test @LoopActor
  func whatChangesUntilTheLastLookCannotBeTold() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = try await right.table("to", partitions: 2)
      let row = try key("busy", "1")
      _ = try await source.set(row, value: [1])
      let gate = Gate()
      let run = try await run(source, target, gate: gate) {
        $0.rounds = 1
        $0.delay = .milliseconds(300)
      }
      let running = Task { @LoopActor in await run.run() }
      try await between(run, gate) { _ = try await source.set(row, value: [2]) }
      let result = await running.value
      #expect(result.findings.map(\.verdict) == [.changedMeanwhile])
      #expect(result.findings.first?.sign == "!")
      #expect(result.snapshot.counts.unsettled == 1)
      #expect(result.snapshot.conclusion == .couldNotTell)
    }
  }

  @Test @LoopActor
  func aStoppedVerifyCouldNotTell() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(20))
      let run = try await run(source, target) { $0.delay = .seconds(100) }
      let running = Task { @LoopActor in await run.run() }
      try await eventually("both tables are read") { run.snapshot.round > 0 }
      running.cancel()
      let result = await running.value
      #expect(result.snapshot.conclusion == .couldNotTell)
      #expect(result.snapshot.error?.isCancellation == true)
      #expect(result.snapshot.counts.unconfirmed == 21)
      #expect(result.findings.allSatisfy { $0.verdict == .unconfirmed })
    }
  }

  @Test @LoopActor
  func whatCannotBeReadIsSaid() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(20))
      await #expect(throws: ClientError.self) {
        _ = try await verify(source, right.client.table("absent"))
      }
      await #expect(throws: ClientError.self) {
        _ = try await verify(source, target) { $0.partitions = [2] }
      }
      await #expect(throws: ClientError.self) { _ = try await verify(source, source) }

      // The target goes away between the first look and the next one.
      let gate = Gate()
      let run = try await run(source, target, gate: gate) {
        $0.rounds = 1
        $0.delay = .milliseconds(300)
        $0.timeout = .milliseconds(500)
      }
      let running = Task { @LoopActor in await run.run() }
      try await between(run, gate) { await right.server.stop() }
      let result = await running.value
      #expect(result.snapshot.counts.unreadable == 21)
      #expect(result.findings.allSatisfy { $0.verdict == .unreadable && !$0.reason.isEmpty })
      #expect(result.snapshot.conclusion == .couldNotTell)
    }
  }
}
