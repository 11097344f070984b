package import EventLoop

/// Finds the rate at which the target still answers in time. Pure: what was measured and the time are handed in.
///
/// A pipeline that is full says nothing about its server but its throughput: its latency is the window divided by that.
/// Hence the rate is held a little below what the target does, where no queue builds up and the latency is the server's
/// own. While one write in a hundred takes too long, or the target asks for time, the rate goes down by a factor; as long
/// as nothing is wrong it goes up in even steps, which double after every ten. What was sent before a reduction took
/// effect is not held against the new rate.
package struct LatencyThrottle: Sendable {
  /// The rate never goes below it: how else would it be noticed that the target has recovered?
  static let slowest = 10.0
  /// So many answers are enough to judge by; fewer after a second.
  private static let enough = 50
  private static let shortest = Duration.milliseconds(200)
  private static let longest = Duration.seconds(1)
  /// More refusals than this are a reason to slow down.
  private static let tolerance = 0.01

  /// What one write in a hundred may exceed.
  package let maxLatency: Duration
  /// Rows a second that may be sent; `nil`: as many as will.
  package private(set) var rowsPerSecond: Double?
  /// Why there is a limit, as "target p99 84 ms > 50 ms" or "target throttles: ERR_BUSY"; `nil` while there is none.
  package private(set) var reason: String?

  private var latencies = LatencyHistogram()
  private var refusals = 0
  private var lastRefusal = ""
  private var rows = 0
  private var began: Monotonic
  /// Requests sent before are not judged: they stood in the queue that the last reduction is to dissolve.
  private var judgesFrom = Monotonic(nanoseconds: .min)
  /// Rows a second that the target took, smoothed.
  private var usual: Double?
  /// The rate after the last reduction, and how many looks have found nothing wrong since then.
  private var reference = 0.0
  private var quietLooks = 0

  package init(maxLatency: Duration, at now: Monotonic) {
    self.maxLatency = maxLatency
    began = now
  }

  /// Enters an answer to a request that was sent at `sent` and wrote so many rows.
  package mutating func answered(sent: Monotonic, at now: Monotonic, rows count: Int) {
    rows += count
    if sent >= judgesFrom { latencies.add(nanoseconds: now.nanoseconds &- sent.nanoseconds) }
  }

  /// Enters an answer that asks for time.
  package mutating func refused(sent: Monotonic, because reason: String) {
    guard sent >= judgesFrom else { return }
    refusals += 1
    lastRefusal = reason
  }

  /// Forgets what was measured since the last look, for instance after a pause.
  package mutating func restart(at now: Monotonic) {
    latencies.removeAll()
    refusals = 0
    rows = 0
    began = now
  }

  /// Judges what was measured since the last look, when it is enough. To be called a few times a second.
  package mutating func look(at now: Monotonic) {
    let time = now - began
    let answers = latencies.count + refusals
    guard time >= Self.shortest, answers >= Self.enough || time >= Self.longest else { return }
    defer { restart(at: now) }
    let rate = Double(rows) / time.inSeconds
    let usual = self.usual.map { $0 * 0.7 + rate * 0.3 } ?? rate
    self.usual = usual
    guard answers > 0 else { return }
    let p99 = latencies.percentile(0.99)
    if Double(refusals) > Self.tolerance * Double(answers) {
      reason = "target throttles: \(lastRefusal)"
      reduce(from: rate, usual, by: 0.9, settlingFor: p99, at: now)
    } else if p99 > maxLatency {
      reason = "target p99 \(p99.brief) > \(maxLatency.brief)"
      reduce(from: rate, usual, by: min(max(maxLatency / p99, 0.5), 0.9), settlingFor: p99, at: now)
    } else if p99 < maxLatency * 0.85 {
      recover(usual)
    }
  }

  private mutating func reduce(
    from rate: Double, _ usual: Double, by factor: Double, settlingFor wait: Duration, at now: Monotonic
  ) {
    // One bad moment in which hardly anything was answered is not the rate that the target can do.
    let base = min(rowsPerSecond ?? .infinity, max(rate, usual / 2))
    reference = max(base * factor, Self.slowest)
    rowsPerSecond = reference
    quietLooks = 0
    judgesFrom = now + min(wait, .seconds(5))
  }

  private mutating func recover(_ usual: Double) {
    guard let rate = rowsPerSecond else { return }
    quietLooks += 1
    // Long unused: something else is what holds the copy.
    guard quietLooks < 20 || rate < usual * 4 else {
      rowsPerSecond = nil
      reason = nil
      return
    }
    let step = reference * 0.04 * Double(1 << min(quietLooks / 10, 30))
    rowsPerSecond = rate + step
  }
}
