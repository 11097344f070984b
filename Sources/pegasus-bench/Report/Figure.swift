/// One measured number.
struct Figure: Sendable {
  enum Unit: String, Sendable {
    case rowsPerSecond = "rows/s"
    case seconds = "s"
    case milliseconds = "ms"
    case nanoseconds = "ns"
    case allocations = "allocations"
    case megabytes = "MB"
    case megabytesPerSecond = "MB/s"
    case rows = "rows"
    case percent = "%"
    case ratio = ""
  }

  struct Aim: Sendable {
    let text: String
    let isMet: Bool
  }

  /// Stable, for programs.
  let id: String
  let name: String
  /// The median when there were several runs.
  let value: Double
  let unit: Unit
  /// Of several runs.
  var range: ClosedRange<Double>?
  var aim: Aim?

  init(_ id: String, _ name: String, _ value: Double, _ unit: Unit, aim: Aim? = nil) {
    self.id = id
    self.name = name
    self.value = value
    self.unit = unit
    self.aim = aim
  }

  /// The median of several runs; nil when there was none.
  init?(_ id: String, _ name: String, of values: [Double], _ unit: Unit, aim: (Double) -> Aim? = { _ in nil }) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    let median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    self.init(id, name, median, unit, aim: aim(median))
    if sorted.count > 1 { range = first...last }
  }
}

extension Figure.Aim {
  static func atLeast(_ limit: Double, _ value: Double, _ text: String) -> Self {
    Self(text: text, isMet: value >= limit)
  }

  static func atMost(_ limit: Double, _ value: Double, _ text: String) -> Self {
    Self(text: text, isMet: value <= limit)
  }
}
