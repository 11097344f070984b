package import EventLoop

/// Holds a job to so many rows and bytes a second, all of its partitions together. Pure but for being shared: the clock is
/// handed in.
///
/// Each row moves forward the moment up to which the budget is spent; while that moment lies ahead, nothing may be sent.
/// Time in which nothing was sent is not saved up, so that no burst follows a pause.
@LoopActor
package final class RateLimiter {
  /// Waking up takes a moment, which must not slow down a fast job: so much time that was not used is caught up with.
  private static let slack = Duration.milliseconds(20)
  /// The longest time between two looks of somebody who waits, so that a limit that is raised is felt at once.
  private static let longestSleep = Duration.milliseconds(200)

  /// `nil`: no limit. May be changed at any time; what the old limit left to be waited for is forgiven.
  package var rowsPerSecond: Double? { didSet { if rowsPerSecond != oldValue { change() } } }
  /// Of keys and values; `nil`: no limit. May be changed at any time.
  package var bytesPerSecond: Double? { didSet { if bytesPerSecond != oldValue { change() } } }
  /// What a throttle allows for the time being, below what the operator does; `nil`: no less.
  var throttledRowsPerSecond: Double? { didSet { if throttledRowsPerSecond != oldValue { look() } } }
  /// Whether there is a limit at all; without one nothing has to be asked or spent.
  package private(set) var isLimiting = false
  private var effectiveRows: Double?
  private var spentUntil = Monotonic(nanoseconds: 0)

  package init(rowsPerSecond: Double? = nil, bytesPerSecond: Double? = nil) {
    self.rowsPerSecond = rowsPerSecond
    self.bytesPerSecond = bytesPerSecond
    look()
  }

  /// How long to wait before more may be sent; zero for now.
  package func pause(at now: Monotonic) -> Duration { max(.zero, spentUntil - now) }

  /// Spends budget for rows that are being sent.
  package func spend(rows: Int, bytes: Int, at now: Monotonic) {
    var seconds = 0.0
    if let effectiveRows { seconds = Double(rows) / effectiveRows }
    if let bytesPerSecond, bytesPerSecond > 0 { seconds = max(seconds, Double(bytes) / bytesPerSecond) }
    guard seconds > 0 else { return }
    let start = spentUntil + Self.slack >= now ? spentUntil : now
    spentUntil = start + .seconds(seconds)
  }

  /// Rows that should go in one request at most, lest a slow job stands still for seconds after each: a tenth of a
  /// second's, and at least one.
  package var largestGroup: Int { effectiveRows.map { Int(max(1, min($0 / 10, 1e6))) } ?? .max }

  /// Bytes of keys and values that should go in one request at most, for the same reason; a single row may have more.
  package var largestGroupBytes: Int {
    guard let bytesPerSecond, bytesPerSecond > 0 else { return .max }
    return Int(max(1, min(bytesPerSecond / 10, 1e9)))
  }

  /// Waits until something may be sent.
  ///
  /// - Throws: `CancellationError`
  package func wait() async throws {
    while isLimiting {
      let pause = pause(at: .now())
      guard pause > .zero else { return }
      try await loopSleep(min(pause, Self.longestSleep))
    }
  }

  private func change() {
    spentUntil = min(spentUntil, .now())
    look()
  }

  private func look() {
    effectiveRows = [rowsPerSecond, throttledRowsPerSecond].compactMap { $0 }.filter { $0 > 0 }.min()
    isLimiting = effectiveRows != nil || (bytesPerSecond ?? 0) > 0
  }
}
