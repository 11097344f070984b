import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing

@LoopActor private final class Counter {
  static let shared = Counter()
  var count = 0
  var order: [String] = []
}

@Suite struct EventLoopTests {
  @Test func theActorRunsOnTheLoopsThread() async {
    #expect(!EventLoop.shared.isCurrent)
    let isCurrent = await Task { @LoopActor in
      LoopActor.shared.assertIsolated()
      return LoopActor.assumeIsolated { EventLoop.shared.isCurrent }
    }.value
    #expect(isCurrent)
  }

  @Test func tasksThatPreferTheLoopRunOnIt() async {
    let isCurrent = await withTaskExecutorPreference(EventLoop.shared.taskExecutor) { await nonisolatedLocation() }
    #expect(isCurrent)
  }

  @concurrent private func nonisolatedLocation() async -> Bool { EventLoop.shared.isCurrent }

  @LoopActor private func step(_ log: inout [String], _ entry: String) async { log.append(entry) }

  @Test @LoopActor func callsOnTheLoopDoNotSuspend() async throws {
    // Twice: as the task was started, and after it has been suspended and has come back.
    for _ in 0..<2 {
      var log: [String] = []
      let other = Task { @LoopActor in Counter.shared.order.append("other") }
      Counter.shared.order = []
      await step(&log, "first")
      await step(&log, "second")
      Counter.shared.order += log
      await other.value
      #expect(Counter.shared.order == ["first", "second", "other"])
      try await loopSleep(.milliseconds(1))
    }
  }

  @Test @LoopActor func aSuspendedTaskComesBackOnTheLoop() async {
    let value = await suspendOnLoop { continuation in
      EventLoop.shared.nextTurn { continuation.resume(returning: EventLoop.shared.isCurrent) }
    }
    #expect(value)
    LoopActor.shared.assertIsolated()
    #expect(EventLoop.shared.isCurrent)
  }

  @Test func postsFromManyThreadsAllArrive() async throws {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 { EventLoop.shared.post { Counter.shared.count += 1 } }
        }
      }
    }
    try await eventually("8000 posts") { await Counter.shared.count == 8000 }
  }

  @Test @LoopActor func timersAreNeverEarlyAndKeepTheirOrder() async throws {
    let start = Monotonic.now()
    var fired: [Int] = []
    var early = false
    // So far apart that a moment in which this thread stands still does not change their order.
    for delay in [300, 100, 200, 100] {
      EventLoop.shared.schedule(after: .milliseconds(delay)) {
        fired.append(delay)
        if Monotonic.now() - start < .milliseconds(delay) { early = true }
      }
    }
    let cancelled = EventLoop.shared.schedule(after: .milliseconds(5)) { fired.append(5) }
    EventLoop.shared.cancel(cancelled)
    try await eventually("timers") { fired.count == 4 }
    #expect(fired == [100, 100, 200, 300])
    #expect(!early)
  }

  @Test @LoopActor func aBusyTaskDoesNotStarveTimers() async throws {
    var fired = false
    var spins = 0
    EventLoop.shared.schedule(after: .milliseconds(10)) { fired = true }
    while !fired {
      spins += 1
      await Task.yield()
    }
    #expect(spins > 0)
  }

  @Test func sleepLastsAndCanBeCancelled() async throws {
    let start = Monotonic.now()
    try await loopSleep(.milliseconds(15))
    #expect(Monotonic.now() - start >= .milliseconds(15))
    let sleeper = Task { try await loopSleep(.seconds(3600)) }
    sleeper.cancel()
    await #expect(throws: CancellationError.self) { try await sleeper.value }
  }

  @Test func aDeadlineCancelsTheOperation() async throws {
    await #expect(throws: DeadlineExceeded(limit: .milliseconds(10))) {
      try await withDeadline(.milliseconds(10)) { try await loopSleep(.seconds(3600)) }
    }
    let value = try await withDeadline(.seconds(60)) { 7 }
    #expect(value == 7)
  }

  @Test func blockingWorkRunsOffTheLoop() async throws {
    struct Failure: Error {}
    let values = await withTaskGroup(of: Int.self) { group in
      for value in 0..<50 {
        group.addTask {
          await BlockingPool.run {
            usleep(1000)
            return EventLoop.shared.isCurrent ? -1 : value
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted()
    }
    #expect(values == Array(0..<50))
    await #expect(throws: Failure.self) { try await BlockingPool.run { throw Failure() } }
  }

  /// A file that was opened there, or used, can be opened anew as soon as the answer has come.
  @Test @LoopActor func blockingWorkLeavesNothingOnItsThread() async {
    final class Token: Sendable {
      static let count = Atomic(0)
      init() { Self.count.add(1, ordering: .sequentiallyConsistent) }
      deinit { Self.count.subtract(1, ordering: .sequentiallyConsistent) }
      func twin() -> Token { Token() }
    }
    func use() async {
      let token = Token()
      _ = await BlockingPool.run { token.twin() }
    }
    var left = 0
    for _ in 0..<20_000 {
      await use()
      left += Token.count.load(ordering: .sequentiallyConsistent)
    }
    #expect(left == 0)
  }

  @Test @LoopActor func signalsArriveOnTheLoop() async throws {
    var count = 0
    let source = try SignalSource(SIGUSR2) { count += 1 }
    kill(getpid(), SIGUSR2)
    try await eventually("the signal") { count == 1 }
    source.cancel()
    let again = try SignalSource(SIGUSR2) { count += 10 }
    kill(getpid(), SIGUSR2)
    try await eventually("the signal") { count == 11 }
    again.cancel()
  }

  @Test func namesAreResolvedAndUnknownOnesSaySo() async throws {
    #expect(try await Resolver.resolve(host: "127.0.0.1", port: 80).map(\.description) == ["127.0.0.1:80"])
    #expect(try await Resolver.resolve(host: "::1", port: 80).map(\.description) == ["[::1]:80"])
    await #expect(throws: SocketError.self) {
      try await Resolver.resolve(host: "no-such-host.invalid", port: 80)
    }
  }

  @Test func durationsReadWell() {
    #expect(Duration.microseconds(850).brief == "850 µs")
    #expect(Duration.milliseconds(12).brief == "12 ms")
    #expect(Duration.milliseconds(3200).brief == "3.2 s")
    #expect(Duration.seconds(5).brief == "5 s")
    #expect(Duration.seconds(240).brief == "4 min")
    #expect(Duration.nanoseconds(1).wholeMilliseconds == 1)
    #expect(Duration.seconds(1 << 40).wholeMilliseconds == .max)
    #expect(Monotonic(nanoseconds: .max) + .seconds(1) == Monotonic(nanoseconds: .max))
  }
}
