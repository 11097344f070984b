package import EventLoop

/// Holds a job to so many rows and bytes a second, all of its partitions together. Pure but for being shared: the clock is
/// handed in.
///
/// Each row moves forward the moment up to which the budget is spent; while that moment lies ahead, nothing may be sent.
/// Time in which nothing was sent is not saved up, so that no burst follows a pause.
@LoopActor
package final class RateLimiter {
  /// `nil`: no limit.
  package var rowsPerSecond: Double?
  /// Of keys and values; `nil`: no limit.
  package var bytesPerSecond: Double?
  private var spentUntil = Monotonic(nanoseconds: 0)

  package init(rowsPerSecond: Double? = nil, bytesPerSecond: Double? = nil) {
    self.rowsPerSecond = rowsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// How long to wait before more may be sent; zero for now.
  package func pause(at now: Monotonic) -> Duration { max(.zero, spentUntil - now) }

  /// Spends budget for rows that are being sent.
  package func spend(rows: Int, bytes: Int, at now: Monotonic) {
    var seconds = 0.0
    if let rowsPerSecond, rowsPerSecond > 0 { seconds = Double(rows) / rowsPerSecond }
    if let bytesPerSecond, bytesPerSecond > 0 { seconds = max(seconds, Double(bytes) / bytesPerSecond) }
    guard seconds > 0 else { return }
    spentUntil = max(spentUntil, now) + .seconds(seconds)
  }
}
