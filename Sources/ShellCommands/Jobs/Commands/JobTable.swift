import Jobs
import Terminal

/// The list of jobs: whole where there is room, and within the width of a terminal.
struct JobTable {
  private static let names = ["id", "state", "done", "rate", "left", "began", "job"]
  /// Of the title there is so much at least, however narrow the terminal is.
  private static let shortestTitle = 16

  private let records: [JobRecord]
  private let now: Int64

  /// - Parameter now: milliseconds since 1970
  init(_ records: [JobRecord], now: Int64) {
    self.records = records
    self.now = now
  }

  /// - Parameter columns: of the terminal; nil: everything is shown as it is
  func section(columns: Int?) -> TextTable {
    let whole = records.map { row($0, isShort: false) }
    guard let columns, width(Self.names, whole) > columns else { return table(Self.names, whole) }
    let rows = records.map { row($0, isShort: true) }
    // What no job has takes no room.
    let kept = Self.names.indices.filter { index in rows.contains { $0[index] != .missing } }
    let names = kept.map { Self.names[$0] }
    var short = rows.map { row in kept.map { row[$0] } }
    let others = width(names.dropLast(), short.map { $0.dropLast() })
    let room = max(Self.shortestTitle, columns - others - TextTable.gap)
    for (index, row) in short.enumerated() {
      guard let title = row.last?.text else { continue }
      short[index][row.count - 1] = .text(Self.shortened(title, to: room))
    }
    return table(names, short)
  }

  /// Of "copy A:users -> B:users" both ends lose something, the longer one first.
  private static func shortened(_ title: String, to room: Int) -> String {
    let arrow = " -> "
    guard let place = title.firstRange(of: arrow), room >= 2 * shortestTitle else {
      return DisplayWidth.shortened(title, to: room)
    }
    let (from, to) = (String(title[..<place.lowerBound]), String(title[place.upperBound...]))
    let both = room - arrow.count
    let left = max(both / 2, both - DisplayWidth.of(to))
    let shown = DisplayWidth.shortened(from, to: left)
    return shown + arrow + DisplayWidth.shortened(to, to: both - DisplayWidth.of(shown))
  }

  private func table(_ names: [String], _ rows: [[Cell]]) -> TextTable {
    var section = TextTable("jobs", columns: names)
    for row in rows { section.add(row: row) }
    return section
  }

  private func width(_ names: some Collection<String>, _ rows: [some Collection<Cell>]) -> Int {
    names.enumerated().reduce(0) { sum, column in
      let cells = rows.compactMap { $0.dropFirst(column.offset).first.map { DisplayWidth.of($0.text) } }
      return sum + max(DisplayWidth.of(column.element), cells.max() ?? 0) + TextTable.gap
    }
  }

  private func row(_ record: JobRecord, isShort: Bool) -> [Cell] {
    let progress = record.progress
    let isRunning = record.isHeld && record.state == .running
    let done = progress?.fraction.map { min($0, record.state == .done ? 1 : 0.999) }
    let kind = isShort ? JobView.shortName(record.plan.kind) : record.plan.kind
    return [
      .integer(record.id.rawValue), .text(isRunning && progress?.ending.isEmpty == false ? "ending" : record.stateName),
      .optional(done.map { Format.fixed($0 * 100, decimals: 1) + "%" }),
      .optional(isRunning ? progress.map { rate($0, isShort: isShort) } : nil),
      .optional(isRunning ? progress.flatMap { left($0, isShort: isShort) } : nil),
      began(record, isShort: isShort), .text("\(kind) \(record.plan.title)"),
    ]
  }

  private func rate(_ progress: JobProgress, isShort: Bool) -> String {
    isShort ? JobView.compact(progress.rate) + "/s" : Format.rate(progress.rate, unit: progress.unit + "/s")
  }

  private func left(_ progress: JobProgress, isShort: Bool) -> String? {
    JobView.timeLeft(progress).map { isShort ? $0.replacing("about ", with: "~") : $0 }
  }

  /// The time of a day is enough where it is today's; without seconds, and without the year, where there is little room.
  private func began(_ record: JobRecord, isShort: Bool) -> Cell {
    let time = record.startedAt ?? record.createdAt
    guard let text = Times.text(unixSeconds: time / 1000), let today = Times.text(unixSeconds: now / 1000)
    else { return .missing }
    let isToday = text.prefix(10) == today.prefix(10)
    if isShort { return .text(isToday ? String(text.dropFirst(11).prefix(5)) : String(text.prefix(10).dropFirst(5))) }
    return .text(isToday ? String(text.dropFirst(11)) : text)
  }
}
