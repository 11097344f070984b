import EventLoop
import Jobs

/// How long a job has worked, all runs together.
struct WorkClock: Sendable {
  private let previous: Duration
  private let started = ContinuousClock.now

  init(_ previous: Duration) { self.previous = previous }

  var elapsed: Duration { previous + (ContinuousClock.now - started) }
}

/// How often servers are asked about what they work on: often at first, so that little things end quickly.
struct AskingPace: Sendable {
  private var next = Duration.milliseconds(100)
  private let longest: Duration

  init(longest: Duration = .seconds(2)) { self.longest = longest }

  /// - Throws: `CancellationError`
  @LoopActor
  mutating func wait() async throws {
    try await loopSleep(next)
    next = min(next * 3 / 2, longest)
  }
}

extension JobProgress {
  /// Takes over what a patient question met with.
  @LoopActor
  mutating func take(_ query: PatientQuery) {
    retries = query.retries
    lastRetryReason = query.lastReason
  }
}
