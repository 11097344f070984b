/// The speed of a job: over its last seconds, and from that what is left. Fed once a second; pure.
package struct RateMeter: Sendable {
  private var samples: [(seconds: Double, total: Int64)] = []
  private let window: Double
  private var start: Int64?

  /// - Parameters:
  ///   - window: the seconds over which the recent rate is taken
  ///   - start: the units that were done before the first second; nil: those of the first sample
  package init(window: Double = 10, from start: Int64? = nil) {
    self.window = window
    self.start = start
  }

  /// - Parameter seconds: since the start, by a clock that does not jump
  package mutating func add(total: Int64, at seconds: Double) {
    start = start ?? total
    samples.append((seconds, total))
    while samples.count > 2, let first = samples.first, seconds - first.seconds > window { samples.removeFirst() }
  }

  /// Units a second over the window; 0 until two samples are there.
  package var recent: Double {
    guard let first = samples.first, let last = samples.last, last.seconds > first.seconds else { return 0 }
    return Double(last.total - first.total) / (last.seconds - first.seconds)
  }

  /// Whether the rates between the samples of the window are alike: their standard deviation is below a third of the
  /// mean. Nothing is called unsteady before there are four of them.
  package var isSteady: Bool {
    let rates = zip(samples, samples.dropFirst()).compactMap { from, to -> Double? in
      to.seconds > from.seconds ? Double(to.total - from.total) / (to.seconds - from.seconds) : nil
    }
    guard rates.count >= 4 else { return true }
    let mean = rates.reduce(0, +) / Double(rates.count)
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rates.count)
    return variance.squareRoot() <= mean / 3
  }

  /// Units since the sample before the last one, or since the start.
  package var lastStep: Int64 {
    guard samples.count > 1 else { return (samples.last?.total ?? 0) - (start ?? 0) }
    return samples[samples.count - 1].total - samples[samples.count - 2].total
  }

  /// Seconds until `remaining` more units are done at the recent rate; `nil` when that cannot be told: nothing moved, or
  /// the job has not run for three seconds yet.
  package func secondsLeft(remaining: Int64) -> Double? {
    guard remaining > 0 else { return remaining == 0 ? 0 : nil }
    guard let last = samples.last, last.seconds >= 3, recent > 0 else { return nil }
    return Double(remaining) / recent
  }
}
