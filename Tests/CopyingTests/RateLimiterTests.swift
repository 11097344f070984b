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

  /// Somebody who wakes up a little late, again and again, comes to the rate all the same.
  @Test @LoopActor
  func lateWakingsDoNotSlowAFastJobDown() {
    let limiter = RateLimiter(rowsPerSecond: 100_000)
    var now = Monotonic(nanoseconds: 1_000_000_000)
    var rows = 0
    let end = now + .seconds(1)
    while now < end {
      while limiter.pause(at: now) == .zero {
        limiter.spend(rows: 1, bytes: 10, at: now)
        rows += 1
      }
      now = now + .milliseconds(3)
    }
    #expect(rows > 99_000 && rows <= 100_400)
  }

  @Test @LoopActor
  func aLimitThatIsChangedHoldsAtOnce() {
    let limiter = RateLimiter(rowsPerSecond: 1)
    limiter.spend(rows: 500, bytes: 0, at: .now())
    #expect(limiter.pause(at: .now()) > .seconds(400))
    limiter.rowsPerSecond = 1000
    #expect(limiter.pause(at: .now()) == .zero)
    limiter.spend(rows: 10, bytes: 0, at: .now())
    limiter.rowsPerSecond = 2
    #expect(limiter.pause(at: .now()) == .zero)
    let now = Monotonic.now()
    limiter.spend(rows: 1, bytes: 0, at: now)
    #expect(limiter.pause(at: now) > .milliseconds(400))
    limiter.rowsPerSecond = nil
    #expect(!limiter.isLimiting && limiter.pause(at: .now()) == .zero)
  }

  @Test @LoopActor
  func aThrottleHoldsBelowTheLimitButNotAboveIt() {
    let limiter = RateLimiter(rowsPerSecond: 100)
    limiter.throttledRowsPerSecond = 10
    limiter.spend(rows: 1, bytes: 0, at: Monotonic(nanoseconds: 0))
    #expect(limiter.pause(at: Monotonic(nanoseconds: 0)) == .milliseconds(100))
    #expect(limiter.largestGroup == 1)
    limiter.throttledRowsPerSecond = 1000
    #expect(limiter.largestGroup == 10)
  }

  /// Begins at a crawl; the new limit is felt within a second, also by a large group that was just spent for.
  @Test @LoopActor
  func aRunningCopyFollowsItsLimit() async throws {
    try await withClusters { left, right in
      let source = try await left.table("from", partitions: 2)
      let target = try await right.table("to", partitions: 2)
      try await source.load(try sampleRows(2000))
      var options = CopyOptions()
      options.maxRowsPerSecond = 1
      options.mode = .multiSet
      let run = CopyRun(source: source, target: target, options: options)
      _ = try await run.prepare()
      let task = Task { @LoopActor in await run.run() }
      try await waitUntil(run, hasCopied: 2)
      #expect(run.snapshot.counts.copied < 50)
      run.limiter.rowsPerSecond = nil
      let start = Monotonic.now()
      let result = await task.value
      #expect(result.isComplete && result.snapshot.counts.copied == 2001)
      #expect(Monotonic.now() - start < .seconds(5))
    }
  }

  /// A page of 1 000 rows and then some more of each partition: the second page has to wait.
  @Test @LoopActor
  func countingCanBeHeldToARate() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 1)
      try await table.load(try sampleRows(2500))
      let run = CountRun(table: table, options: CountOptions())
      run.limiter.rowsPerSecond = 5000
      _ = try await run.prepare()
      let start = Monotonic.now()
      let result = await run.run()
      #expect(result.findings.rows == 2501)
      #expect(Monotonic.now() - start >= .milliseconds(200))
    }
  }
}
