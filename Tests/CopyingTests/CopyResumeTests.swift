import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

/// A copy that ends before its end, in order or not, and goes on in a later run.
@Suite(.serialized) struct CopyResumeTests {
  private static let count = 6000

  /// Small pages and windows, so that a run can be caught in the middle.
  private func options(_ mode: WriteMode = .put) -> CopyOptions {
    var options = CopyOptions()
    options.mode = mode
    options.scanBatchSize = 40
    options.maxInFlight = 30
    options.maxMultiSetConcurrency = 4
    options.maxConcurrentPartitions = 3
    if mode == .duplicate {
      // Its window holds thousands of rows: only a limit makes it slow enough to be caught.
      options.originClusterID = 1
      options.maxRowsPerSecond = 5000
    }
    return options
  }

  /// What a journal holds: the last checkpoint of every partition.
  private typealias Journal = [Int32: PartitionCheckpoint]

  @LoopActor
  private func note(_ run: CopyRun, in journal: inout Journal) {
    for checkpoint in run.takeCheckpoints() { journal[checkpoint.partition] = checkpoint }
  }

  /// Begins or goes on, and ends when `goal` rows are copied in this run. `losesLast`: as after a kill, the journal knows
  /// only what was noted before the end.
  @LoopActor
  private func runUntil(
    _ goal: Int64, _ source: Table, _ target: Table, _ options: CopyOptions, _ journal: inout Journal,
    isResumed: Bool? = nil, losesLast: Bool = false
  ) async throws -> CopyResult {
    let run = CopyRun(
      source: source, target: target, options: options, resumingFrom: Array(journal.values), isResumed: isResumed)
    _ = try await run.prepare()
    let before = run.snapshot.counts.copied
    let task = Task { @LoopActor in await run.run() }
    // The journal lags behind, as one that is written now and then.
    try await waitUntil(run, hasCopied: before + goal / 2)
    note(run, in: &journal)
    while run.snapshot.counts.copied < before + goal, run.snapshot.finishedPartitions < run.snapshot.partitions.count {
      await Task.yield()
    }
    task.cancel()
    let result = await task.value
    if !losesLast { note(run, in: &journal) }
    return result
  }

  @LoopActor
  private func finish(
    _ source: Table, _ target: Table, _ options: CopyOptions, _ journal: Journal, isResumed: Bool? = nil
  ) async throws -> CopyResult {
    let run = CopyRun(
      source: source, target: target, options: options, resumingFrom: Array(journal.values), isResumed: isResumed)
    _ = try await run.prepare()
    return await run.run()
  }

  /// Of every partition: as many rows as the checkpoint says lie up to its key, and all of them are on the target.
  @LoopActor
  private func check(_ journal: Journal, _ source: Table, _ target: Table) async throws {
    let found = try await target.allRows()
    for checkpoint in journal.values {
      guard let position = checkpoint.position else {
        #expect(checkpoint.counts.read == 0)
        continue
      }
      let mark = try PegasusKey(encoded: position)
      var options = ScanOptions()
      options.returnExpiry = true
      let scanner = PartitionScanner(table: source, partition: checkpoint.partition, options: options)
      var rows: Int64 = 0
      while let page = try await scanner.next() {
        for index in page.rows.indices {
          let key = try PegasusKey(encoded: page.key(at: index))
          guard key <= mark else { continue }
          rows += 1
          #expect(found[key] == FoundRow(value: page.value(at: index), expiry: page.rows[index].expireTimestamp))
        }
      }
      #expect(checkpoint.counts.read == rows)
      #expect(checkpoint.counts.pending == 0)
    }
  }

  @Test(arguments: [WriteMode.put, .multiSet, .putIfAbsent, .duplicate], [false, true])
  @LoopActor
  func goesOnUntilEverythingIsThere(_ mode: WriteMode, _ isKilled: Bool) async throws {
    try await withClusters(right: {
      $0.clusterID = 2
      $0.duplicationGroup = ["left": 1, "right": 2]
    }) { left, right in
      let source = try await left.table("from", partitions: 5)
      let target = try await right.table("to", partitions: 3)
      try await source.load(try sampleRows(Self.count))
      var journal = Journal()
      for goal in [300, 1000, 700] as [Int64] {
        let known = journal
        let result = try await runUntil(
          goal, source, target, options(mode), &journal, isResumed: goal > 300, losesLast: isKilled)
        #expect(result.error?.isCancellation == true)
        #expect(result.snapshot.counts.failed == 0 && result.snapshot.counts.pending == 0)
        #expect(known != journal)
        try await check(journal, source, target)
        if !isKilled {
          // In order: what is said to be copied is what an independent reader finds, and what the journal knows.
          #expect(try await target.allRows().count == Int(result.snapshot.counts.copied))
          #expect(journal.values.reduce(0) { $0 + $1.counts.copied } == result.snapshot.counts.copied)
        }
      }
      let result = try await finish(source, target, options(mode), journal)
      #expect(result.isComplete)
      #expect(result.snapshot.counts.read == Int64(Self.count + 1))
      #expect(result.snapshot.counts.copied == Int64(Self.count + 1))
      #expect(result.snapshot.finishedPartitions == 5)
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  /// A later run has nothing left to do, and says so with the counts of the whole job.
  @Test @LoopActor
  func aFinishedJobIsNotDoneAgain() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 4)
      try await source.load(try sampleRows(500))
      let first = CopyRun(source: source, target: target, options: options())
      _ = try await first.prepare()
      let bytes = await first.run().snapshot.bytes
      let checkpoints = first.takeCheckpoints()
      #expect(checkpoints.count == 4 && checkpoints.allSatisfy(\.isFinished))
      #expect(first.takeCheckpoints().isEmpty)
      try await right.client.setEnvironment([("replica.deny_client_request", "reconfig*write")], table: "to")
      let second = CopyRun(
        source: source, target: target, options: options(), resumingFrom: checkpoints, previousElapsed: .seconds(100))
      _ = try await second.prepare()
      let result = await second.run()
      #expect(result.isComplete)
      #expect(result.snapshot.counts.copied == 501)
      #expect(result.snapshot.bytes == bytes)
      #expect(result.snapshot.elapsed >= .seconds(100))
      #expect(second.takeCheckpoints().isEmpty)
    }
  }

  /// `-n` after a kill: rows of our own, beyond the mark, are ours; a row with another value is not.
  @Test @LoopActor
  func rowsOfAnEarlierRunAreNotTakenForExistingOnes() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(300))
      let key = try PegasusKey(hashKey: Array("user1".utf8), sortKey: Array("s4".utf8))
      _ = try await target.set(key, value: Array("mine".utf8))
      let first = try await finish(source, target, options(.putIfAbsent), [:])
      #expect(first.snapshot.counts.existing == 1 && first.snapshot.counts.copied == 300)
      // Killed before its first checkpoint: all of it is done again.
      let again = try await finish(source, target, options(.putIfAbsent), [:], isResumed: true)
      #expect(again.snapshot.counts.existing == 1 && again.snapshot.counts.copied == 300)
      // Another job finds them there.
      let other = try await finish(source, target, options(.putIfAbsent), [:])
      #expect(other.snapshot.counts.existing == 301)
      #expect(try await target.get(key).value == Array("mine".utf8))
    }
  }

  @Test @LoopActor
  func filteredRowsAndEmptyPagesAreAccountedForOnce() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 3)
      let rows = try sampleRows(Self.count)
      try await source.load(rows)
      var wanted = options()
      // The server leaves most rows out, so that pages are small or empty; the value is looked at here.
      wanted.filter.hashKey = PatternFilter(.anywhere, Array("7".utf8))
      wanted.filter.value = PatternFilter(.anywhere, Array("1".utf8))
      let sent = rows.filter { String(decoding: $0.key.hashKey, as: UTF8.self).contains("7") }
      let copied = sent.filter { String(decoding: $0.value, as: UTF8.self).contains("1") }
      var journal = Journal()
      for _ in 0..<3 { _ = try await runUntil(100, source, target, wanted, &journal, losesLast: true) }
      let result = try await finish(source, target, wanted, journal)
      #expect(result.isComplete)
      #expect(result.snapshot.counts.read == Int64(sent.count))
      #expect(result.snapshot.counts.copied == Int64(copied.count))
      #expect(result.snapshot.counts.filtered == Int64(sent.count - copied.count))
      #expect(try await target.allRows().count == copied.count)
    }
  }

  @Test @LoopActor
  func clearingGoesOnAndCountsEveryDeletedRowOnce() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 3)
      let rows = try sampleRows(Self.count)
      try await table.load(rows)
      var wanted = options(.delete)
      wanted.filter.sortKey = PatternFilter(.anywhere, Array("1".utf8))
      let matching = rows.filter { String(decoding: $0.key.sortKey, as: UTF8.self).contains("1") }.count
      var journal = Journal()
      for _ in 0..<3 { _ = try await runUntil(200, table, table, wanted, &journal) }
      #expect(try await table.allRows().count == rows.count - Int(journal.values.reduce(0) { $0 + $1.counts.copied }))
      let result = try await finish(table, table, wanted, journal)
      #expect(result.isComplete)
      #expect(result.snapshot.counts.copied == Int64(matching))
      #expect(try await table.allRows().count == rows.count - matching)
    }
  }

  /// The mark stays before the page of a row that was refused: when its reason is gone, a later run brings it.
  @Test @LoopActor
  func aRefusedRowIsTriedAgainByTheNextRun() async throws {
    let left = try await ClusterFixture("left") { $0.maxAllowedWriteSize = 0 }
    let right = try await ClusterFixture("right") { $0.maxAllowedWriteSize = 4096 }
    let source = try await left.table("from", partitions: 2)
    let target = try await right.table("to", partitions: 2)
    try await source.load(try sampleRows(2000))
    let large = try PegasusKey(hashKey: Array("user3".utf8), sortKey: Array("large".utf8))
    _ = try await source.set(large, value: [UInt8](repeating: 7, count: 10_000))
    let first = CopyRun(source: source, target: target, options: options())
    _ = try await first.prepare()
    let result = await first.run()
    #expect(result.snapshot.counts.failed == 1 && result.snapshot.counts.copied == 2001)
    let checkpoints = first.takeCheckpoints()
    #expect(checkpoints.count { $0.isFinished } == 1)
    #expect(checkpoints.allSatisfy { $0.counts.failed == 0 })
    let held = try #require(checkpoints.first { !$0.isFinished })
    if let position = held.position { #expect(try PegasusKey(encoded: position) < large) }
    _ = try await source.set(large, value: [7])
    let second = CopyRun(source: source, target: target, options: options(), resumingFrom: checkpoints)
    _ = try await second.prepare()
    let mended = await second.run()
    #expect(mended.isComplete)
    #expect(mended.snapshot.counts.copied == 2002 && mended.snapshot.counts.failed == 0)
    #expect(try await target.allRows() == (try await source.allRows()))
    await left.stop()
    await right.stop()
  }

  /// A target that takes nothing: the rows are not done, none of them has failed, and a later run does them.
  @Test @LoopActor
  func rowsThatNobodyTookAreNotDoneRatherThanFailed() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(1000))
      try await right.client.setEnvironment([("replica.deny_client_request", "reconfig*write")], table: "to")
      var wanted = options()
      wanted.giveUpAfter = .milliseconds(200)
      let first = CopyRun(source: source, target: target, options: wanted)
      _ = try await first.prepare()
      let result = await first.run()
      #expect(!result.isComplete)
      #expect(result.error?.cause.contains("no write succeeded for 200 ms") == true)
      #expect(result.snapshot.counts == RowCounts())
      #expect(result.snapshot.partitions.allSatisfy { $0.state == .failed })
      try await right.client.deleteEnvironment(["replica.deny_client_request"], table: "to")
      let second = CopyRun(
        source: source, target: target, options: options(), resumingFrom: first.takeCheckpoints(), isResumed: true)
      _ = try await second.prepare()
      let done = await second.run()
      #expect(done.isComplete && done.snapshot.counts.copied == 1001)
    }
  }

  @Test @LoopActor
  func aCheckpointWithoutAKeyIsRefused() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = try await right.table("to", partitions: 1)
      let run = CopyRun(
        source: source, target: target, options: options(),
        resumingFrom: [PartitionCheckpoint(partition: 0, position: [9, 9])])
      await #expect(throws: ClientError.self) { _ = try await run.prepare() }
    }
  }
}
