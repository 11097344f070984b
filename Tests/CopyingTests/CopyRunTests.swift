import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

@Suite(.serialized) struct CopyRunTests {
  @LoopActor
  private func copy(
    _ source: Table, to target: Table, _ change: (inout CopyOptions) -> Void = { _ in }
  ) async throws -> CopyResult {
    var options = CopyOptions()
    change(&options)
    let run = CopyRun(source: source, target: target, options: options)
    _ = try await run.prepare()
    return await run.run()
  }

  private func adds(_ counts: RowCounts) -> Bool {
    counts.read == counts.copied + counts.filtered + counts.expired + counts.existing + counts.failed
  }

  @Test(arguments: [WriteMode.put, .multiSet, .putIfAbsent], [4, 7] as [Int32])
  @LoopActor
  func everyRowArrivesWithItsExpiry(_ mode: WriteMode, _ partitions: Int32) async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 5)
      let target = try await right.table("to", partitions: partitions)
      try await source.load(try sampleRows(3000))
      let result = try await copy(source, to: target) { $0.mode = mode }
      #expect(result.isComplete)
      #expect(result.snapshot.counts.copied == 3001)
      #expect(adds(result.snapshot.counts))
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  /// Neighbours together and single rows put, more of these at a time.
  @Test @LoopActor
  func groupsAndSingleRowsShareTheWindow() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 4)
      try await source.load(try sampleRows(2000))
      let result = try await copy(source, to: target) {
        $0.mode = .multiSet
        $0.maxInFlight = 10
        $0.maxMultiSetConcurrency = 1
      }
      #expect(result.isComplete)
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  @Test @LoopActor
  func rowsThatAreThereAreLeftAlone() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 4)
      try await source.load(try sampleRows(200))
      let kept = try PegasusKey(hashKey: Array("user1".utf8), sortKey: Array("s4".utf8))
      _ = try await target.set(kept, value: Array("mine".utf8))
      let result = try await copy(source, to: target) { $0.mode = .putIfAbsent }
      #expect(result.isComplete)
      #expect(result.snapshot.counts.existing == 1)
      #expect(result.snapshot.counts.copied == 200)
      #expect(adds(result.snapshot.counts))
      #expect(try await target.get(kept).value == Array("mine".utf8))
    }
  }

  /// A row that was refused for the time being has not been written by the attempt: it was there before.
  @Test @LoopActor
  func rowsThatAreThereAreCountedSoByAThrottledTargetToo() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(600))
      try await target.load(try sampleRows(600))
      try await right.client.setEnvironment([("replica.write_throttling", "200*reject*5")], table: "to")
      let result = try await copy(source, to: target) { $0.mode = .putIfAbsent }
      #expect(result.isComplete && result.snapshot.retries > 0)
      #expect(result.snapshot.counts.existing == 601)
    }
  }

  @Test @LoopActor
  func filtersAndDroppedValuesAndExpiriesDoWhatTheySay() async throws {
    try await withClusters { left, right in
      let (source, _) = try await expectFilteredCopy(from: left, to: right) { source, target, change in
        try await copy(source, to: target, change)
      }

      let emptied = try await right.table("emptied", partitions: 2)
      let second = try await copy(source, to: emptied) { $0.dropsValues = true }
      #expect(second.isComplete)
      #expect(try await emptied.allRows().values.allSatisfy { $0.value.isEmpty })
    }
  }

  @Test @LoopActor
  func onePartitionIsCopiedAlone() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 4)
      try await source.load(try sampleRows(800))
      let result = try await copy(source, to: target) { $0.partitions = [2] }
      let expected = try await source.allRows().filter { $0.key.partitionHash % 4 == 2 }
      #expect(result.isComplete)
      #expect(try await target.allRows() == expected)
      await #expect(throws: ClientError.self) {
        _ = try await copy(source, to: target) { $0.partitions = [4] }
      }
    }
  }

  @Test @LoopActor
  func theSameTableAndAMissingOneAreRefusedBeforeTheFirstWrite() async throws {
    try await withClusters { left, right in
      let source = try await left.table("t", partitions: 4)
      try await source.load(try sampleRows(10))
      let again = ClusterClient(name: "alias", metaServers: left.client.meta.addresses)
      await #expect(throws: ClientError.self) { _ = try await copy(source, to: again.table("t")) }
      await #expect(throws: ClientError.self) { _ = try await copy(source, to: source) }
      await #expect(throws: ClientError.self) { _ = try await copy(source, to: right.client.table("absent")) }
      again.close()
      // The same name and id in another cluster is another table.
      let twin = try await right.table("t", partitions: 4)
      #expect(try await copy(source, to: twin).isComplete)
    }
  }

  @Test @LoopActor
  func aThrottledTargetIsWaitedFor() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(600))
      try await right.client.setEnvironment([("replica.write_throttling", "200*reject*5")], table: "to")
      let result = try await copy(source, to: target)
      #expect(result.isComplete)
      #expect(result.snapshot.retries > 0)
      #expect(result.snapshot.lastRetryReason.contains("BUSY"))
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  @Test @LoopActor
  func aRowThatTheServerRefusesIsNamedAndTheRestArrives() async throws {
    let left = try await ClusterFixture("left") { $0.maxAllowedWriteSize = 0 }
    let right = try await ClusterFixture("right") { $0.maxAllowedWriteSize = 4096 }
    let source = try await left.table("from", partitions: 2)
    let target = try await right.table("to", partitions: 2)
    try await source.load(try sampleRows(300))
    let large = try PegasusKey(hashKey: Array("user3".utf8), sortKey: Array("large".utf8))
    _ = try await source.set(large, value: [UInt8](repeating: 7, count: 10_000))
    for mode in [WriteMode.put, .multiSet] {
      let result = try await copy(source, to: target) { $0.mode = mode }
      #expect(!result.isComplete)
      #expect(result.snapshot.counts.failed == 1)
      #expect(result.snapshot.counts.copied == 301)
      #expect(adds(result.snapshot.counts))
      #expect(result.firstFailures.map(\.sortKey) == [Array("large".utf8)])
      #expect(result.failureReasons.keys.first?.contains("ERR_INVALID_DATA") == true)
    }
    await left.stop()
    await right.stop()
  }

  @Test @LoopActor
  func cancellingStopsInOrderAndTheCountsAddUp() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 4)
      try await source.load(try sampleRows(20_000))
      var options = CopyOptions()
      options.maxInFlight = 10
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      let task = Task { @LoopActor in await run.run() }
      try await waitUntil(run, hasCopied: 200)
      task.cancel()
      let result = await task.value
      #expect(!result.isComplete)
      #expect(result.error?.isCancellation == true)
      #expect(result.snapshot.counts.pending == 0)
      #expect(adds(result.snapshot.counts))
      #expect(try await target.allRows().count == Int(result.snapshot.counts.copied))
    }
  }

  /// A partition that had to wait for its turn has all of its patience left.
  @Test @LoopActor
  func patienceBeginsWithTheFirstRow() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(100))
      var options = CopyOptions()
      options.giveUpAfter = .seconds(2)
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      try await loopSleep(.milliseconds(2100))
      try await right.client.setEnvironment([("replica.deny_client_request", "reconfig*write")], table: "to")
      let task = Task { @LoopActor in await run.run() }
      try await eventually("rows are refused") { run.snapshot.retries >= 100 }
      try await right.client.deleteEnvironment(["replica.deny_client_request"], table: "to")
      let result = await task.value
      #expect(result.isComplete)
      #expect(result.snapshot.counts.copied == 101)
    }
  }

  @Test @LoopActor
  func clearingDeletesWhatTheFilterNames() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 3)
      let rows = try sampleRows(500)
      try await table.load(rows)
      let result = try await copy(table, to: table) {
        $0.mode = .delete
        $0.filter.hashKey = PatternFilter(.prefix, Array("user1".utf8))
      }
      #expect(result.isComplete)
      let left = rows.filter { !$0.key.hashKey.starts(with: Array("user1".utf8)) }
      #expect(try await table.allRows().count == left.count)
      #expect(try await copy(table, to: table) { $0.mode = .delete }.isComplete)
      #expect(try await table.allRows().isEmpty)
    }
  }
}
