import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

/// Rows that travel as duplicated writes.
@Suite(.serialized) struct DuplicateCopyTests {
  @LoopActor
  private func copy(
    _ source: Table, to target: Table, from cluster: UInt8 = 1, _ change: (inout CopyOptions) -> Void = { _ in }
  ) async throws -> CopyResult {
    var options = CopyOptions()
    options.mode = .duplicate
    options.originClusterID = cluster
    change(&options)
    let run = CopyRun(source: source, target: target, options: options)
    _ = try await run.prepare()
    return await run.run()
  }

  @LoopActor
  private func withGroup(
    _ change: (inout OneboxOptions) -> Void = { _ in },
    _ body: @LoopActor (ClusterFixture, ClusterFixture) async throws -> Void
  ) async throws {
    try await withClusters(
      left: { $0.maxAllowedWriteSize = 0 },
      right: {
        $0.clusterID = 2
        $0.duplicationGroup = ["left": 1, "right": 2]
        change(&$0)
      }, body)
  }

  @Test(arguments: [4, 5, 7] as [Int32], [3, 1000, nil] as [Int32?])
  @LoopActor
  func everyRowArrivesWithItsExpiry(_ partitions: Int32, _ batchSize: Int32?) async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 5)
      let target = try await right.table("to", partitions: partitions)
      try await source.load(try sampleRows(3000))
      let result = try await copy(source, to: target) { $0.scanBatchSize = batchSize }
      #expect(result.isComplete)
      #expect(result.snapshot.counts.copied == 3001)
      let rows = try await source.allRows()
      #expect(result.snapshot.bytes == rows.reduce(0) { $0 + Int64($1.key.encoded.count + $1.value.value.count) })
      #expect(try await target.allRows() == rows)
    }
  }

  @Test @LoopActor
  func filtersAndDroppedValuesAndExpiriesDoWhatTheySay() async throws {
    try await withGroup { left, right in
      let (_, found) = try await expectFilteredCopy(from: left, to: right) { source, target, change in
        try await copy(source, to: target) {
          $0.dropsValues = true
          change(&$0)
        }
      }
      #expect(found.values.allSatisfy { $0.value.isEmpty })
    }
  }

  @Test @LoopActor
  func pagesOfWhichNothingIsWrittenDoNoHarm() async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(500))
      let result = try await copy(source, to: target) {
        $0.filter.value = PatternFilter(.prefix, Array("nothing".utf8))
        $0.scanBatchSize = 50
      }
      #expect(result.isComplete)
      #expect(result.snapshot.counts.filtered == 501)
      #expect(try await target.allRows().isEmpty)
    }
  }

  @Test @LoopActor
  func aRowThatTheServerRefusesIsNamedAndTheRestArrives() async throws {
    try await withGroup({ $0.maxAllowedWriteSize = 8192 }) { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(300))
      let large = try PegasusKey(hashKey: Array("user3".utf8), sortKey: Array("large".utf8))
      _ = try await source.set(large, value: [UInt8](repeating: 7, count: 10_000))
      let result = try await copy(source, to: target)
      #expect(result.snapshot.counts.failed == 1)
      #expect(result.snapshot.counts.copied == 301)
      #expect(result.snapshot.counts.pending == 0)
      #expect(result.firstFailures.map(\.sortKey) == [Array("large".utf8)])
      #expect(try await target.allRows().count == 301)
    }
  }

  @Test @LoopActor
  func aThrottledTargetIsWaitedFor() async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(400))
      try await right.client.setEnvironment([("replica.write_throttling", "20*reject*5")], table: "to")
      let result = try await copy(source, to: target) { $0.scanBatchSize = 10 }
      #expect(result.isComplete)
      #expect(result.snapshot.lastRetryReason.contains("BUSY"))
      #expect(try await target.allRows() == (try await source.allRows()))
    }
  }

  /// What `DuplicateCheck` would have found out: nothing is written, and nothing is called copied.
  @Test(arguments: [2, 9] as [UInt8])
  @LoopActor
  func aRefusedClusterEndsTheCopy(_ cluster: UInt8) async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(500))
      let result = try await copy(source, to: target, from: cluster)
      #expect(!result.isComplete)
      #expect(result.error?.cause.contains(cluster == 2 ? "self-duplicating" : "unconfigured") == true)
      #expect(result.snapshot.counts.copied == 0)
      #expect(try await target.allRows().isEmpty)
    }
  }

  @Test @LoopActor
  func withoutAClusterNumberNothingBegins() async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      await #expect(throws: ClientError.self) { _ = try await copy(source, to: target, from: 0) }
    }
  }

  @Test @LoopActor
  func aRateLimitHoldsForGroups() async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(600))
      let result = try await copy(source, to: target) { $0.maxRowsPerSecond = 1000 }
      #expect(result.isComplete)
      #expect(result.snapshot.elapsed > .milliseconds(400))
    }
  }

  /// Rows of one request would land in two partitions after a split that the client has not heard of.
  /// A reply holds a megabyte; a tenth of a second's bytes may leave at once.
  @Test(arguments: [WriteMode.duplicate, .multiSet])
  @LoopActor
  func aLimitOfBytesHoldsForGroups(_ mode: WriteMode) async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = try await right.table("to", partitions: 2)
      for number in 0..<200 {
        let key = try PegasusKey(hashKey: Array("h".utf8), sortKey: Array("\(number)".utf8))
        _ = try await source.set(key, value: [UInt8](repeating: 7, count: 5000))
      }
      var options = CopyOptions()
      options.mode = mode
      options.originClusterID = 1
      options.scanBatchSize = 200
      options.maxBytesPerSecond = 100_000
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      let task = Task { @LoopActor in await run.run() }
      try await waitUntil(run, hasCopied: 1)
      task.cancel()
      #expect(await task.value.snapshot.bytes < 60_000)
    }
  }

  @Test @LoopActor
  func rowsThatASplitWouldPartGoApart() async throws {
    try await withGroup { left, right in
      let source = try await left.table("from", partitions: 1)
      let target = try await right.table("to", partitions: 3)
      try await source.load(try sampleRows(400))
      let copyTarget = CopyTarget(table: target, timeout: .seconds(5))
      try await copyTarget.prepare()
      var options = CopyOptions()
      options.mode = .duplicate
      options.originClusterID = 1
      let writer = RowWriter(
        target: copyTarget, options: options, partition: 0, clock: ExpiryClock(), geo: nil
      ) { _ in }
      var scan = ScanOptions()
      scan.batchSize = 1000
      let scanner = PartitionScanner(table: source, partition: 0, options: scan)
      let page = try #require(try await scanner.next())
      #expect(page.rows.count == 401)
      #expect(writer.offer(page, from: 0) == 401)
      var slots = 0
      for index in 0..<Int32(writer.slots.used) {
        let slot = writer.slots[index]
        let order = writer.ledger.order(of: slot.number)
        let hashes = slot.places.map { place in
          let bytes = page.bytes
          return page.rows[slot.row(at: place, in: order)].key(in: bytes.span.bytes).partitionHash % 6
        }
        #expect(Set(hashes).count == 1)
        #expect(writer.staysTogether(slot, page, order))
        slots += 1
      }
      #expect(slots == 6)
      await writer.drain()
      #expect(writer.counts.copied == 401)
    }
  }
}
