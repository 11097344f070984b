import JSON
import Terminal

/// All figures of a run, as a table or as JSON.
struct Report {
  private let machine: Machine
  private let options: BenchOptions
  private let disturbance = Disturbance()
  private var figures: [Figure] = []

  init(machine: Machine, options: BenchOptions) {
    self.machine = machine
    self.options = options
  }

  mutating func add(_ new: [Figure]) {
    for figure in new { Console.say("  \(figure.name): \(Self.text(figure))") }
    figures += new
  }

  /// Adds what follows from figures of several parts.
  mutating func compare() {
    guard let limit = value("limit.rate"), limit > 0 else { return }
    for mode in ["put", "multi_set", "duplicate"] {
      guard let copy = value("copy_\(mode).rate") else { continue }
      figures.append(
        Figure(
          "copy_\(mode).to_limit", "copy_data, \(mode) / RocksDB to RocksDB in one process", copy / limit, .ratio,
          aim: mode == "put" ? .atLeast(1.0 / 3, copy / limit, "≥ 0.33") : nil))
    }
  }

  private func value(_ id: String) -> Double? { figures.first { $0.id == id }?.value }

  private var conditions: [(String, String)] {
    let shares = disturbance.shares()
    return [
      ("machine", "\(machine.processor), \(machine.cores) cores, \(Format.size(Double(machine.memoryBytes))) memory"),
      ("system", "\(machine.system), Linux \(machine.kernel)"),
      (
        "data",
        "\(Format.grouped(options.rows)) rows of \(RowSource.keySize)-byte keys and \(RowSource.valueSize)-byte values, "
          + "\(options.partitions) partitions"
      ),
      ("runs", "\(options.repeats) of each copy, count, split and backup; the median, and the range"),
      (
        "besides",
        "other work took \(Self.percent(shares.others)) of the machine's time, its host \(Self.percent(shares.stolen))"
      ),
    ]
  }

  var text: String {
    var out = ""
    for (name, value) in conditions { out += "\(name): \(value)\n" }
    out += "\n"
    var table = TextTable(
      "",
      columns: [
        .init("figure"), .init("value", .right), .init("range", .right), .init("aim", .right), .init("met", .right),
      ])
    for figure in figures {
      let range = figure.range.map {
        "\(Self.number($0.lowerBound, figure.unit)) – \(Self.number($0.upperBound, figure.unit))"
      }
      table.add(row: [
        .text(figure.name), .text(Self.text(figure)), .text(range ?? ""), .text(figure.aim?.text ?? ""),
        .text(figure.aim.map { $0.isMet ? "yes" : "NO" } ?? ""),
      ])
    }
    return out + table.text()
  }

  var json: String {
    let shares = disturbance.shares()
    let list = figures.map { figure in
      JSONValue.object([
        "id": .string(figure.id), "name": .string(figure.name), "value": .number(figure.value),
        "unit": .string(figure.unit.rawValue),
        "lowest": figure.range.map { .number($0.lowerBound) } ?? .null,
        "highest": figure.range.map { .number($0.upperBound) } ?? .null,
        "aim": figure.aim.map { .string($0.text) } ?? .null, "met": figure.aim.map { .bool($0.isMet) } ?? .null,
      ])
    }
    let document = JSONValue.object([
      "version": .integer(1), "processor": .string(machine.processor), "cores": .integer(Int64(machine.cores)),
      "memory_bytes": .unsigned(machine.memoryBytes), "kernel": .string(machine.kernel),
      "system": .string(machine.system), "rows": .integer(Int64(options.rows)),
      "partitions": .integer(Int64(options.partitions)), "repeat": .integer(Int64(options.repeats)),
      "others_share": .number(shares.others), "stolen_share": .number(shares.stolen),
      "figures": .array(list),
    ])
    return document.text() + "\n"
  }

  private static func text(_ figure: Figure) -> String {
    let unit = figure.unit == .ratio ? "" : " \(figure.unit.rawValue)"
    return number(figure.value, figure.unit) + unit
  }

  private static func percent(_ share: Double) -> String { Format.fixed(share * 100, decimals: 0) + " %" }

  private static func number(_ value: Double, _ unit: Figure.Unit) -> String {
    switch unit {
    case .rowsPerSecond, .rows, .megabytesPerSecond: Format.grouped(Int(value.rounded()))
    case .seconds, .ratio: Format.fixed(value, decimals: 2)
    case .milliseconds, .megabytes, .nanoseconds, .percent: Format.fixed(value, decimals: 1)
    case .allocations: Format.fixed(value, decimals: 3)
    }
  }
}
