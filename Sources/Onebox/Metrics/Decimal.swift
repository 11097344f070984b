/// Numbers as text with a fixed number of decimals.
enum Decimal {
  static func text(_ value: Double, places: Int) -> String {
    var factor = 1
    for _ in 0..<places { factor *= 10 }
    guard value.isFinite, abs(value) < 1e15 else { return "0" }
    let scaled = Int((abs(value) * Double(factor)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % factor)
    let zeros = String(repeating: "0", count: places - fraction.count)
    return "\(sign)\(scaled / factor).\(zeros)\(fraction)"
  }
}
