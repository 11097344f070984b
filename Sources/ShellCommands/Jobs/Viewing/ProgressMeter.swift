import Copying
import EventLoop
import Jobs

/// The speed of a job for its progress, whoever asks for that and however often.
struct ProgressMeter: Sendable {
  /// What earlier runs have done of what is measured.
  struct Start: Sendable {
    /// As in `measure`.
    var decided: Int64 = 0
    /// As in a progress.
    var done: Int64 = 0
  }

  /// Samples are as far apart at least, in seconds.
  private static let interval = 0.95

  private var meter: RateMeter
  /// Of a progress: what was done before the first sample.
  private(set) var doneBefore: Int64?
  private var lastSample: Double?
  private var largestFraction = 0.0

  init(from start: Start) {
    meter = RateMeter(from: start.decided)
    doneBefore = start.done
  }

  /// - Parameter isResumed: nobody has noted what was done before: whatever the first sample finds; otherwise that is nothing
  init(isResumed: Bool) {
    meter = RateMeter(from: isResumed ? nil : 0)
    doneBefore = isResumed ? nil : 0
  }

  /// As below, for units of which each takes long: the speed is that of their thousandths.
  mutating func measure(_ progress: inout JobProgress, thousandths: Int64, of units: Int) {
    measure(&progress, decided: thousandths, left: max(0, Int64(units) * 1000 - thousandths), fraction: nil)
    progress.rate /= 1000
    progress.lastSecond /= 1000
  }

  /// Fills in rate, last second, what was done before, fraction and remaining time.
  ///
  /// - Parameters:
  ///   - decided: units that are done with, whatever became of them
  ///   - left: units that are not, as estimated; nil: not known
  mutating func measure(
    _ progress: inout JobProgress, decided: Int64, left: Int64?, fraction: Double?
  ) {
    let seconds = progress.elapsed.inSeconds
    if lastSample.map({ seconds - $0 >= Self.interval || seconds < $0 }) ?? true {
      meter.add(total: decided, at: seconds)
      lastSample = seconds
    }
    let before = doneBefore ?? progress.done
    doneBefore = before
    progress.doneBefore = before
    progress.rate = meter.recent
    progress.lastSecond = meter.lastStep
    progress.isSteady = meter.isSteady
    progress.secondsLeft = left.flatMap { meter.secondsLeft(remaining: $0) }
    guard let fraction else { return progress.fraction = nil }
    // An estimate that turns out too low must not make the bar go back.
    largestFraction = max(largestFraction, fraction)
    progress.fraction = largestFraction
  }
}
