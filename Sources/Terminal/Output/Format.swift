/// Numbers for people.
package enum Format {
  /// A number with a fixed count of decimals, as C's `%.2f`; what is smaller than 0.000001 counts as 0.
  package static func fixed(_ value: Double, decimals: Int = 2) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let value = abs(value) < 1e-6 ? 0 : value
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    // What the product lost to rounding decides ties: 0.05 is a little more than a twentieth and rounds up.
    let product = abs(value) * scale
    let lost = (-product).addingProduct(abs(value), scale)
    let whole = product.rounded(.down)
    let rest = product - whole
    let isUp = rest > 0.5 || (rest == 0.5 && (lost > 0 || (lost == 0 && whole.truncatingRemainder(dividingBy: 2) == 1)))
    let scaled = isUp ? whole + 1 : whole
    guard scaled < 9e15 else { return String(value) }
    let digits = String(UInt64(scaled))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if decimals == 0 { return sign + digits }
    let full = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + full.dropLast(decimals) + "." + full.suffix(decimals)
  }

  /// `0.4 s`, `12 s`, `1 m 05 s`, `2 h 03 m`, `3 d 04 h`. Negative durations count as 0.
  package static func duration(_ duration: Duration) -> String {
    let parts = duration.components
    guard parts.seconds >= 0, parts.attoseconds >= 0 else { return "0 s" }
    let seconds = parts.seconds
    if seconds < 10, parts.attoseconds > 0 {
      let exact = Double(seconds) + Double(parts.attoseconds) / 1e18
      return exact < 1 ? "\(Int(exact * 1000)) ms" : fixed(exact, decimals: 1) + " s"
    }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) m \(twoDigits(seconds % 60)) s" }
    if seconds < 86400 { return "\(seconds / 3600) h \(twoDigits(seconds / 60 % 60)) m" }
    return "\(seconds / 86400) d \(twoDigits(seconds / 3600 % 24)) h"
  }

  /// `40 s`, `3 m`, `2 h 10 m`, `3 d`: one digit less of a duration than can be known.
  package static func roughDuration(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    func rounded(_ step: Int64) -> Int64 { (seconds + step / 2) / step * step }
    if rounded(10) < 60 { return "\(max(10, rounded(10))) s" }
    if rounded(60) < 3600 { return "\(rounded(60) / 60) m" }
    if rounded(600) < 86400 { return "\(rounded(600) / 3600) h \(twoDigits(rounded(600) / 60 % 60)) m" }
    return "\(rounded(3600) / 86400) d \(twoDigits(rounded(3600) / 3600 % 24)) h"
  }

  /// `999`, `1.23 k`, `45.6 M`: a count in three digits.
  package static func count(_ value: Double) -> String { scaled(value, 1000, ["", "k", "M", "G", "T", "P"]) }

  /// `512 B`, `1.2 GB`: bytes in steps of 1024.
  package static func size(_ bytes: Double) -> String { scaled(bytes, 1024, ["B", "KB", "MB", "GB", "TB", "PB"]) }

  /// `123 k rows/s`.
  package static func rate(_ perSecond: Double, unit: String = "rows/s") -> String { count(perSecond) + " " + unit }

  /// `1,234,567`.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return value < 0 ? "-" + out : out
  }

  /// A part of a whole, never above 100 % and never rounded up to it: `99.9%`.
  package static func percent(_ part: Double, of whole: Double) -> String {
    guard whole > 0, part > 0 else { return "0.0%" }
    if part >= whole { return "100%" }
    return fixed(min(99.9, (part / whole * 1000).rounded(.down) / 10), decimals: 1) + "%"
  }

  private static func scaled(_ value: Double, _ step: Double, _ units: [String]) -> String {
    guard value.isFinite, value > 0 else { return units[0].isEmpty ? "0" : "0 " + units[0] }
    var value = value
    var unit = 0
    while value >= step * 0.9995, unit + 1 < units.count {
      value /= step
      unit += 1
    }
    let decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
    let text = fixed(value, decimals: decimals)
    return units[unit].isEmpty ? text : "\(text) \(units[unit])"
  }

  private static func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
}
