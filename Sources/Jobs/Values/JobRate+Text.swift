extension JobRate: CustomStringConvertible {
  private static let multipliers: [Character: Double] = ["k": 1e3, "m": 1e6, "g": 1e9]
  private static let byteUnits: [String: Double] = [
    "b": 1, "bytes": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824,
  ]

  /// Reads "5000", "5000 rows/s", "20k", "20MB/s", "20 MiB/s", "5000 rows/s and 20 MB/s", "off". Upper or lower case.
  package static func parse(_ text: String) throws(JobRateError) -> JobRate {
    let lowered = text.lowercased().replacing(",", with: " and ").split(whereSeparator: \.isWhitespace)
    guard !lowered.isEmpty else { throw refuse(text, "it is empty") }
    if lowered == ["off"] || lowered == ["none"] { return .off }
    var rate = JobRate()
    for part in lowered.split(separator: "and", omittingEmptySubsequences: false) {
      try rate.add(part.joined(), of: text)
    }
    return rate
  }

  /// One limit, without blanks: "5000rows/s", "20mib/s", "20k".
  private mutating func add(_ limit: String, of text: String) throws(JobRateError) {
    let digits = limit.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    var unit = limit.dropFirst(digits.count)
    guard var amount = Double(digits), amount.isFinite else {
      throw Self.refuse(text, "a number is expected first")
    }
    let isPerSecond = unit.hasSuffix("/s")
    if isPerSecond { unit.removeLast(2) }
    guard amount > 0 else {
      throw Self.refuse(text, "nothing would ever be done; say 'off' for no limit, or pause the job")
    }
    if let factor = Self.byteUnits[String(unit)] {
      guard bytesPerSecond == nil else { throw Self.refuse(text, "it has two limits of bytes") }
      bytesPerSecond = amount * factor
      return
    }
    if let first = unit.first, let factor = Self.multipliers[first] {
      unit.removeFirst()
      // Rows or megabytes?
      if first != "k", unit.isEmpty, !isPerSecond {
        throw Self.refuse(text, "say '\(limit) rows/s' or '\(limit)B/s'")
      }
      amount *= factor
    }
    guard ["", "row", "rows"].contains(unit) else {
      throw Self.refuse(text, "'\(unit)' is no unit; known are rows/s, kB/s, MB/s, GB/s, KiB/s, MiB/s, GiB/s")
    }
    guard unitsPerSecond == nil else { throw Self.refuse(text, "it has two limits of rows") }
    unitsPerSecond = amount
  }

  private static func refuse(_ text: String, _ reason: String) -> JobRateError {
    JobRateError(text: text, reason: reason)
  }

  /// As `parse` reads it: "5000 rows/s and 20 MB/s", or "off".
  package var description: String {
    var limits: [String] = []
    if let unitsPerSecond { limits.append("\(Self.number(unitsPerSecond)) rows/s") }
    if let bytesPerSecond { limits.append("\(Self.bytes(bytesPerSecond))/s") }
    return limits.isEmpty ? "off" : limits.joined(separator: " and ")
  }

  /// In the largest unit of which it is a whole number.
  private static func bytes(_ value: Double) -> String {
    let units = [
      ("GB", 1e9), ("GiB", 1_073_741_824), ("MB", 1e6), ("MiB", 1_048_576), ("kB", 1e3), ("KiB", 1024),
    ]
    for (name, size) in units where value >= size && value.remainder(dividingBy: size) == 0 {
      return "\(number(value / size)) \(name)"
    }
    return "\(number(value)) B"
  }

  /// Without an exponent, which `parse` would not read.
  private static func number(_ value: Double) -> String {
    if let whole = Int64(exactly: value) { return String(whole) }
    let text = String(value)
    return text.contains("e") ? String(Int64(value.rounded(.up).clamped)) : text
  }
}

extension Double {
  fileprivate var clamped: Double { Swift.min(Swift.max(self, 1), 9e18) }
}
