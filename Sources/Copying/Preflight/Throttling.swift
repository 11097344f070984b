/// A throttling variable of a table: `2000*delay*30,3000*reject*100`, with K and M for 1024 and 1048576, or a lone number.
struct Throttling: Equatable {
  /// For the whole table; requests or bytes. The lowest of its items.
  private(set) var unitsPerSecond: Double?
  /// Whether requests above the limit are refused rather than delayed.
  private(set) var rejects = false

  /// `nil` without a text, and for one that means nothing.
  init?(_ text: String?) {
    guard let text else { return nil }
    for item in text.split(separator: ",") {
      let parts = item.split(separator: "*")
      guard let units = parts.first.flatMap({ Self.units($0) }) else { return nil }
      unitsPerSecond = min(unitsPerSecond ?? .infinity, units)
      if parts.count < 2 || parts[1] == "reject" { rejects = true }
    }
    if unitsPerSecond == nil { return nil }
  }

  private static func units(_ text: Substring) -> Double? {
    let digits = text.prefix { $0.isNumber }
    guard let number = Double(digits) else { return nil }
    switch text.dropFirst(digits.count) {
    case "": return number
    case "K": return number * 1024
    case "M": return number * 1_048_576
    default: return nil
    }
  }
}
