import EventLoop

/// Measures how the target answers a job, and slows the job down by its rate limiter.
@LoopActor
final class TargetWatch {
  private var throttle: LatencyThrottle
  private let limiter: RateLimiter
  private let gate: Gate

  init(maxLatency: Duration, limiter: RateLimiter, gate: Gate) {
    throttle = LatencyThrottle(maxLatency: maxLatency, at: .now())
    self.limiter = limiter
    self.gate = gate
  }

  /// Why the job goes more slowly than it could; `nil` when it does not, or when the operator's own limit is the tighter one.
  var slowed: String? {
    guard let rate = throttle.rowsPerSecond, rate < limiter.rowsPerSecond ?? .infinity else { return nil }
    return throttle.reason
  }

  /// - Parameter sent: the turn of the loop in which the request was made
  func answered(sent: Monotonic, rows: Int32) {
    throttle.answered(sent: sent, at: EventLoop.shared.now, rows: Int(rows))
  }

  func refused(sent: Monotonic, because reason: String) { throttle.refused(sent: sent, because: reason) }

  /// Looks at what was measured until the task is cancelled.
  func run() async {
    while (try? await loopSleep(.milliseconds(100))) != nil {
      if gate.isClosed { throttle.restart(at: .now()) } else { throttle.look(at: .now()) }
      limiter.throttledRowsPerSecond = throttle.rowsPerSecond
    }
  }
}
