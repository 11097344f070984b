internal import Glibc

/// The time of day.
enum WallClock {
  static var unixSeconds: Int64 { read(CLOCK_REALTIME_COARSE).seconds }

  static var unixMicroseconds: UInt64 {
    let now = read(CLOCK_REALTIME)
    return UInt64(clamping: now.seconds) &* 1_000_000 &+ UInt64(clamping: now.nanoseconds / 1000)
  }

  static var unixNanoseconds: Int64 {
    let now = read(CLOCK_REALTIME)
    return now.seconds &* 1_000_000_000 &+ now.nanoseconds
  }

  /// As expiries count: from 2016-01-01 UTC.
  static var secondsSince2016: UInt32 { UInt32(clamping: unixSeconds - 1_451_606_400) }

  /// Milliseconds of a clock that never goes back.
  static var monotonicMilliseconds: Int64 {
    let now = read(CLOCK_MONOTONIC)
    return now.seconds &* 1000 &+ now.nanoseconds / 1_000_000
  }

  /// The hour, and the unix second at which the day began, in local time.
  static func localTime(_ unixSeconds: Int64) -> (hour: Int, midnight: Int64) {
    var time = time_t(unixSeconds)
    var parts = tm()
    localtime_r(&time, &parts)
    let hour = Int(parts.tm_hour)
    parts.tm_hour = 0
    parts.tm_min = 0
    parts.tm_sec = 0
    parts.tm_isdst = -1
    return (hour, Int64(mktime(&parts)))
  }

  static var unixMilliseconds: Int64 { unixNanoseconds / 1_000_000 }

  /// `2026-11-20 23:16:18` in local time.
  static func text(unixSeconds: Int64) -> String {
    var time = time_t(unixSeconds)
    var parts = tm()
    localtime_r(&time, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }

  @inline(__always)
  private static func read(_ clock: clockid_t) -> (seconds: Int64, nanoseconds: Int64) {
    var time = timespec()
    clock_gettime(clock, &time)
    return (Int64(time.tv_sec), Int64(time.tv_nsec))
  }
}
