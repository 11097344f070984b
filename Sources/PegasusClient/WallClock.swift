import Glibc

/// The machine's wall clock.
package enum WallClock {
  /// Seconds since 1970-01-01 UTC.
  package static var unixSeconds: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec)
  }
}
