internal import EventLoop

/// Holds one server's traffic with the storage service to so many megabytes a second, with bursts of two seconds' worth.
@LoopActor
final class TransferPace {
  /// Megabytes a second; 0 = no limit. Asked each time: it may be changed meanwhile.
  private let limit: @LoopActor () -> Int
  private var allowance = 0.0
  private var last = WallClock.monotonicMilliseconds

  init(limit: @escaping @LoopActor () -> Int) { self.limit = limit }

  /// Returns when the bytes may be moved. Throws `CancellationError`.
  func take(_ bytes: Int) async throws {
    let rate = Double(limit()) * 1_048_576
    let now = WallClock.monotonicMilliseconds
    defer { last = now }
    guard rate > 0 else { return try Task.checkCancellation() }
    allowance = min(allowance + Double(now - last) / 1000 * rate, 2 * rate) - Double(bytes)
    if allowance < 0 { try await loopSleep(.milliseconds(Int64(-allowance / rate * 1000))) }
  }
}
