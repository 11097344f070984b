import EventLoop
import Testing

@testable import Copying

@Suite struct RateLimiterTests {
  @Test @LoopActor
  func rowsAreSpacedByTheirRate() {
    let limiter = RateLimiter(rowsPerSecond: 100)
    let start = Monotonic(nanoseconds: 1_000_000_000)
    #expect(limiter.pause(at: start) == .zero)
    limiter.spend(rows: 1, bytes: 50, at: start)
    #expect(limiter.pause(at: start) == .milliseconds(10))
    limiter.spend(rows: 4, bytes: 50, at: start)
    #expect(limiter.pause(at: start) == .milliseconds(50))
    #expect(limiter.pause(at: start + .milliseconds(50)) == .zero)
  }

  @Test @LoopActor
  func theTighterOfTwoLimitsCounts() {
    let limiter = RateLimiter(rowsPerSecond: 1000, bytesPerSecond: 1000)
    let start = Monotonic(nanoseconds: 0)
    limiter.spend(rows: 1, bytes: 500, at: start)
    #expect(limiter.pause(at: start) == .milliseconds(500))
  }

  @Test @LoopActor
  func aPauseIsNotSavedUp() {
    let limiter = RateLimiter(rowsPerSecond: 10)
    limiter.spend(rows: 1, bytes: 0, at: Monotonic(nanoseconds: 0))
    let later = Monotonic(nanoseconds: 60_000_000_000)
    limiter.spend(rows: 1, bytes: 0, at: later)
    #expect(limiter.pause(at: later) == .milliseconds(100))
  }

  /// 300 rows at 1 000 rows a second cannot take less than 0.3 s, less the one row that goes first.
  @Test @LoopActor
  func aLimitedCopyKeepsToItAndIsComplete() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 4)
      let target = try await right.table("to", partitions: 4)
      try await source.load(try sampleRows(300))
      var options = CopyOptions()
      options.maxRowsPerSecond = 1000
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      let start = Monotonic.now()
      let result = await run.run()
      #expect(result.isComplete)
      #expect(result.snapshot.counts.copied == 301)
      #expect(Monotonic.now() - start >= .milliseconds(299))
    }
  }
}
