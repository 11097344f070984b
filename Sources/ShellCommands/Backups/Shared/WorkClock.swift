/// How long a job has worked, all runs together.
struct WorkClock: Sendable {
  private let previous: Duration
  private let started = ContinuousClock.now

  init(_ previous: Duration) { self.previous = previous }

  var elapsed: Duration { previous + (ContinuousClock.now - started) }
}
