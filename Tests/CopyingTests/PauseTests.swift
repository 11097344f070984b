import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

/// Runs that are paused by their gate.
@Suite(.serialized) struct PauseTests {
  @Test @LoopActor
  func aPausedCopyStandsStillAndThenGoesOn() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 3)
      try await source.load(try sampleRows(5000))
      var options = CopyOptions()
      options.maxInFlight = 20
      options.scanBatchSize = 50
      let gate = Gate()
      let run = CopyRun(source: source, target: target, options: options, gate: gate)
      _ = try await run.prepare()
      let task = Task { @LoopActor in await run.run() }
      try await waitUntil(run, hasCopied: 300)
      gate.close()
      try await eventually("nothing is on its way") { @LoopActor in run.snapshot.counts.pending == 0 }
      let (held, elapsed) = (run.snapshot.counts, run.snapshot.elapsed)
      try await loopSleep(.milliseconds(60))
      #expect(run.snapshot.counts == held)
      #expect(held.copied < 5001)
      #expect(run.snapshot.elapsed - elapsed < .milliseconds(40))
      #expect(try await target.allRows().count == Int(held.copied))
      gate.open()
      let result = await task.value
      #expect(result.isComplete && result.snapshot.counts.copied == 5001)
    }
  }

  @Test @LoopActor
  func aPausedCopyCanBeStopped() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 3)
      let target = try await right.table("to", partitions: 3)
      try await source.load(try sampleRows(100))
      let gate = Gate()
      gate.close()
      let run = CopyRun(source: source, target: target, options: CopyOptions(), gate: gate)
      _ = try await run.prepare()
      let task = Task { @LoopActor in await run.run() }
      try await eventually("it has begun") { @LoopActor in run.snapshot.partitions.contains { $0.state == .running } }
      task.cancel()
      let result = await task.value
      #expect(result.error?.isCancellation == true)
      #expect(result.snapshot.counts.read == 0)
    }
  }

  /// The cluster is away during the pause, for longer than the copy would have borne.
  @Test(arguments: [true, false]) @LoopActor
  func noPatienceRunsOutDuringAPause(_ targetIsAway: Bool) async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(3000))
      var options = CopyOptions()
      options.maxInFlight = 20
      options.scanBatchSize = 50
      // A second: what keeps the disk or this thread busy for a while is no reason to give up.
      options.timeout = .seconds(1)
      options.giveUpAfter = .seconds(1)
      let gate = Gate()
      let run = CopyRun(source: source, target: target, options: options, gate: gate)
      _ = try await run.prepare()
      let task = Task { @LoopActor in await run.run() }
      try await waitUntil(run, hasCopied: 300)
      let (away, table) = targetIsAway ? (right, "to") : (left, "from")
      try await away.client.setEnvironment([("replica.deny_client_request", "reconfig*all")], table: table)
      gate.close()
      try await loopSleep(.milliseconds(2200))
      try await away.client.deleteEnvironment(["replica.deny_client_request"], table: table)
      gate.open()
      let result = await task.value
      #expect(result.isComplete, "\(result.error?.description ?? "")")
      #expect(result.snapshot.counts.copied == 3001)
    }
  }
}
