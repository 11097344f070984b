import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

/// A copy that gives way to its target.
@Suite(.serialized) struct TargetLatencyTests {
  /// The target delays what is above its limit, and the copy finds out, says so, and is complete nevertheless.
  @Test(arguments: [("400*delay*100", "target p99"), ("400*reject*1", "target throttles: ERR_BUSY")])
  @LoopActor
  func slowsDownAndSaysWhy(_ throttling: String, _ reason: String) async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(3000))
      try await right.client.setEnvironment([("replica.write_throttling", throttling)], table: "to")
      var options = CopyOptions()
      options.maxTargetLatency = .milliseconds(40)
      options.maxInFlight = 20
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      #expect(run.snapshot.slowed == nil)
      let task = Task { @LoopActor in await run.run() }
      try await eventually("it is slowed down") { @LoopActor in run.snapshot.slowed?.hasPrefix(reason) == true }
      #expect(run.limiter.throttledRowsPerSecond != nil)
      try await right.client.deleteEnvironment(["replica.write_throttling"], table: "to")
      let result = await task.value
      #expect(result.isComplete && result.snapshot.counts.copied == 3001)
    }
  }

  @Test @LoopActor
  func aTargetInTimeIsNotSlowedDown() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(3000))
      var options = CopyOptions()
      options.maxTargetLatency = .seconds(20)
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      let result = await run.run()
      #expect(result.isComplete && result.snapshot.slowed == nil)
    }
  }
}
