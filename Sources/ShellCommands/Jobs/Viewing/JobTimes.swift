import Glibc
import Jobs

/// Points in time of jobs, in milliseconds since 1970, as people read them.
enum JobTimes {
  /// The present one.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// "12 min ago"; nil for a time that lies ahead, as after the clock was set.
  static func ago(_ time: Int64?, now: Int64) -> String? {
    guard let time, time <= now else { return nil }
    let seconds = (now - time) / 1000
    switch seconds {
    case ..<60: return "\(seconds) s ago"
    case ..<3600: return "\(seconds / 60) min ago"
    case ..<172_800: return "\(seconds / 3600) h ago"
    default: return "\(seconds / 86_400) days ago"
    }
  }
}
