import EventLoop
import Glibc

/// How values are written in reports.
enum ReportText {
  /// Line ends become blanks; other control characters, which could drive a terminal or turn text around, are replaced.
  static func oneLine(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x0D, 0x09, 0x2028, 0x2029: out.unicodeScalars.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: out.unicodeScalars.append("\u{FFFD}")
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// "2026-11-20 23:16:18 UTC": a report is read elsewhere, too.
  static func time(_ milliseconds: Int64?) -> String {
    guard let milliseconds else { return "" }
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    guard gmtime_r(&seconds, &parts) != nil else { return "" }
    return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
  }

  /// "850 ms", "3.2 s", "4 min 05 s", "2 h 07 min".
  static func duration(_ duration: Duration) -> String {
    let seconds = duration.nanoseconds / 1_000_000_000
    switch seconds {
    case ..<60: return duration.brief
    case ..<3600: return "\(seconds / 60) min \(two(Int32(seconds % 60))) s"
    default: return "\(seconds / 3600) h \(two(Int32(seconds % 3600 / 60))) min"
    }
  }

  /// "209715200 (200.0 MiB)".
  static func bytes(_ count: Int64) -> String {
    var size = Double(count)
    var unit = ""
    for next in ["KiB", "MiB", "GiB", "TiB"] where size >= 1024 {
      size /= 1024
      unit = next
    }
    return unit.isEmpty ? String(count) : "\(count) (\(tenths(size)) \(unit))"
  }

  /// One digit behind the point.
  static func tenths(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let scaled = Int64((value * 10).rounded())
    return "\(scaled / 10).\(abs(scaled % 10))"
  }

  private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
