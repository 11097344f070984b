import Copying
import EventLoop
import PegasusClient
import TestSupport
import Testing

/// A copy between two processes, one of which is killed without a warning and started again.
@Suite(.serialized) struct CopyFaultTests {
  private static let count = 40_000

  @Test(arguments: [true, false]) @LoopActor
  func nothingIsLostWhenAClusterIsKilled(_ killsTarget: Bool) async throws {
    let from = try await OneboxProcess("from")
    let to = try await OneboxProcess("to")
    let (left, right) = (from.client(), to.client())
    _ = try await left.createTable("t", partitionCount: 4, replicaCount: 3)
    _ = try await right.createTable("t", partitionCount: 6, replicaCount: 3)
    try await left.table("t").fill(Self.count)

    var options = CopyOptions()
    options.maxInFlight = 100
    // It would be over before the kill where nothing else is at work.
    options.maxRowsPerSecond = 20_000
    let run = CopyRun(source: left.table("t"), target: right.table("t"), options: options)
    _ = try await run.prepare()
    let copy = Task { @LoopActor in await run.run() }
    try await eventually("some rows are copied") { @LoopActor in run.snapshot.counts.copied > 4000 }
    let victim = killsTarget ? to : from
    try await victim.kill()
    #expect(run.snapshot.counts.copied < Int64(Self.count))
    // One that is back before anybody asks it again is not missed.
    try await eventually("something is tried again") { @LoopActor in run.snapshot.retries > 0 }
    try await victim.restart()

    let result = await copy.value
    let counts = result.snapshot.counts
    #expect(result.isComplete, "\(result.error?.description ?? "") \(result.failureReasons)")
    #expect(counts.read == Int64(Self.count) && counts.copied == counts.read)
    #expect(result.snapshot.retries > 0)
    let found = try await right.table("t").everything()
    #expect(found == (try await left.table("t").everything()))
    #expect(found.count == Self.count)
    left.close()
    right.close()
  }
}
