import Copying
import EventLoop
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

/// A copy between two clusters whose connections break in every way that a network has.
@Suite(.serialized) struct NetworkFaultTests {
  private static let count = 30_000

  /// Runs a copy while `trouble` makes trouble, and compares both tables row by row.
  ///
  /// - Parameter trouble: gets the clusters and the running copy, after the first thousand rows
  @LoopActor
  private func copy(
    rowsPerSecond: Double? = nil,
    trouble: @LoopActor (_ from: FaultyCluster, _ to: FaultyCluster, _ run: CopyRun) async throws -> Void
  ) async throws {
    let from = try await FaultyCluster("from")
    let to = try await FaultyCluster("to")
    defer {
      from.stop()
      to.stop()
    }
    _ = try await from.client.createTable("t", partitionCount: 4, replicaCount: 3)
    _ = try await to.client.createTable("t", partitionCount: 6, replicaCount: 3)
    try await from.client.table("t").fill(Self.count)

    var options = CopyOptions()
    options.maxInFlight = 50
    options.timeout = .milliseconds(500)
    options.maxRowsPerSecond = rowsPerSecond
    let run = CopyRun(source: from.client.table("t"), target: to.client.table("t"), options: options)
    _ = try await run.prepare()
    let copy = Task { @LoopActor in await run.run() }
    try await eventually("some rows are copied") { @LoopActor in run.snapshot.counts.copied > 1000 }
    try await trouble(from, to, run)
    for proxy in from.proxies + to.proxies {
      proxy.isStalled = false
      try proxy.listen()
    }

    let result = await copy.value
    let counts = result.snapshot.counts
    #expect(result.isComplete, "\(result.error?.description ?? "") \(result.failureReasons)")
    #expect(counts.read == Int64(Self.count) && counts.copied == counts.read && counts.addsUp)
    #expect(result.snapshot.retries > 0)
    let found = try await to.client.table("t").everything()
    #expect(found.count == Self.count)
    #expect(found == (try await from.client.table("t").everything()))
  }

  /// Waits for the rows of the next part of a copy, or for its end.
  @LoopActor
  private func progress(_ run: CopyRun, by rows: Int64) async throws {
    let wanted = run.snapshot.counts.copied + rows
    try await eventually("the copy goes on", within: .seconds(40)) { @LoopActor in
      run.snapshot.counts.copied >= min(wanted, Int64(Self.count))
    }
  }

  @Test @LoopActor func resetsLoseNothing() async throws {
    // Without a limit: something is always on its way when a connection breaks.
    try await copy { from, to, run in
      var random = SplitMix(state: 7)
      for _ in 0..<20 {
        let proxies = Bool.random(using: &random) ? from.proxies : to.proxies
        proxies.randomElement(using: &random)?.resetAll()
        try await progress(run, by: 500)
      }
    }
  }

  @Test(arguments: [true, false]) @LoopActor func aSilentServerIsWaitedFor(_ isSource: Bool) async throws {
    try await copy(rowsPerSecond: 20_000) { from, to, run in
      let cluster = isSource ? from : to
      for proxy in cluster.replicas { proxy.isStalled = true }
      let before = run.snapshot.retries
      try await eventually("something is tried again") { @LoopActor in run.snapshot.retries > before + 2 }
    }
  }

  @Test(arguments: [true, false]) @LoopActor func aServerThatRefusesConnectionsIsWaitedFor(_ isSource: Bool)
    async throws
  {
    try await copy(rowsPerSecond: 20_000) { from, to, run in
      let cluster = isSource ? from : to
      for proxy in cluster.replicas {
        proxy.refuse()
        proxy.resetAll()
      }
      let before = run.snapshot.retries
      try await eventually("something is tried again") { @LoopActor in run.snapshot.retries > before + 2 }
    }
  }

  @Test(arguments: [true, false]) @LoopActor func garbageFromAServerIsNotBelieved(_ isSource: Bool) async throws {
    try await copy(rowsPerSecond: 20_000) { from, to, run in
      // A scan bears three garbled replies one after another, and each round may meet the same one.
      for _ in 0..<(isSource ? 3 : 5) {
        for proxy in (isSource ? from : to).replicas { proxy.injectsGarbage = true }
        try await progress(run, by: 1000)
      }
    }
  }

  @Test @LoopActor func partitionsThatMoveAreFollowed() async throws {
    try await copy(rowsPerSecond: 20_000) { from, to, run in
      let left = try await from.client.table("t").partitions()
      let right = try await to.client.table("t").partitions()
      for round in 1...6 {
        for index in 0..<Int32(left.count) {
          try await from.move(GPID(appID: left.appID, partitionIndex: index), to: Int(index) + round)
        }
        for index in 0..<Int32(right.count) {
          try await to.move(GPID(appID: right.appID, partitionIndex: index), to: Int(index) + round)
        }
        try await progress(run, by: 1500)
      }
    }
  }
}
