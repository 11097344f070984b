import CLinux

/// A point of the monotonic clock. It counts on while the wall clock is set, and stands still while the machine sleeps.
package struct Monotonic: Comparable, Hashable, Sendable {
  /// Nanoseconds since an unspecified start.
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// Reads the clock (about 25 ns). On the loop `EventLoop.shared.now` is free, and as good for deadlines.
  package static func now() -> Monotonic {
    Monotonic(nanoseconds: clinux_monotonic())
  }

  package static func < (left: Monotonic, right: Monotonic) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Saturates instead of overflowing.
  package static func + (start: Monotonic, distance: Duration) -> Monotonic {
    let (sum, overflow) = start.nanoseconds.addingReportingOverflow(distance.nanoseconds)
    return Monotonic(nanoseconds: overflow ? (distance < .zero ? .min : .max) : sum)
  }

  package static func - (end: Monotonic, start: Monotonic) -> Duration {
    .nanoseconds(end.nanoseconds &- start.nanoseconds)
  }
}

extension Duration {
  /// Whole nanoseconds, saturated to about ±292 years.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, carried) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }

  /// Whole milliseconds, rounded up, at least 0 and at most what an `Int32` holds.
  package var wholeMilliseconds: Int32 {
    let nanoseconds = nanoseconds
    guard nanoseconds > 0 else { return 0 }
    return Int32(clamping: (nanoseconds - 1) / 1_000_000 + 1)
  }

  /// Fractional seconds.
  package var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  /// For messages: "850 µs", "12 ms", "3.2 s", "4 min".
  package var brief: String {
    let nanoseconds = nanoseconds
    switch nanoseconds {
    case ..<1_000_000: return "\(nanoseconds / 1_000) µs"
    case ..<1_000_000_000: return "\(nanoseconds / 1_000_000) ms"
    case ..<120_000_000_000:
      let tenths = nanoseconds / 100_000_000
      return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    default: return "\(nanoseconds / 60_000_000_000) min"
    }
  }
}
