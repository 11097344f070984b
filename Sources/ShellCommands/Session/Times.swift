import Glibc

/// Points in time as listings show them.
package enum Times {
  /// `2026-11-20_23:16:18` in local time; nil for 0 and before.
  package static func text(unixSeconds: Int64) -> String? {
    guard unixSeconds > 0 else { return nil }
    var seconds = time_t(unixSeconds)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return nil }
    return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "_\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
