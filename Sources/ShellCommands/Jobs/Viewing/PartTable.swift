import Jobs
import Terminal

/// The parts of a job side by side, as many as fit on the screen.
struct PartTable {
  private let progress: JobProgress

  init(_ progress: JobProgress) { self.progress = progress }

  /// At most `rows` lines that are narrower than `columns`. When there is no room for all parts, those that are at work
  /// come first, the slowest of them at the front.
  func lines(columns: Int, rows: Int) -> [String] {
    let parts = progress.parts
    guard !parts.isEmpty else { return ["  no partition has begun"] }
    let number = width(parts.map { String($0.number) })
    let state = width(parts.map(\.state))
    let done = width(parts.map(amount))
    let cell = number + state + done + 6
    let perLine = max(1, (columns - 1) / cell)
    let room = perLine * rows
    var shown = parts.sorted { $0.number < $1.number }
    var hidden = 0
    if parts.count > room {
      shown = Array(parts.sorted(by: Self.isMoreInteresting).prefix(max(1, perLine * max(1, rows - 1))))
      hidden = progress.partCount - shown.count
    }
    let cells = shown.map { part in
      "  " + DisplayWidth.padded(String(part.number), to: number, onLeft: true) + " "
        + DisplayWidth.padded(part.state, to: state) + " "
        + DisplayWidth.padded(amount(part), to: done, onLeft: true) + "  "
    }
    let height = (cells.count + perLine - 1) / perLine
    var lines: [String] = []
    for row in 0..<height {
      // Down the columns where all are there in order; along the rows where the first ones matter most.
      let indices =
        hidden > 0
        ? Array(row * perLine..<min(cells.count, (row + 1) * perLine))
        : Array(stride(from: row, to: cells.count, by: height))
      lines.append(indices.map { cells[$0] }.joined())
    }
    if hidden > 0, rows > 1 { lines.append("  and \(hidden) more") }
    return lines
  }

  /// How far a part is. Where partitions are what is counted, none of them has a count of its own.
  private func amount(_ part: JobProgress.Part) -> String {
    if !part.note.isEmpty { return part.note }
    return progress.unit == "partitions" ? "" : Format.grouped(Int(part.done))
  }

  private func width(_ texts: [String]) -> Int { texts.map { DisplayWidth.of($0) }.max() ?? 0 }

  private static func isMoreInteresting(_ a: JobProgress.Part, _ b: JobProgress.Part) -> Bool {
    func rank(_ part: JobProgress.Part) -> Int {
      switch part.state {
      case "failed": 0
      case "running": 1
      case "waiting": 3
      default: 2
      }
    }
    return (rank(a), a.done, a.number) < (rank(b), b.done, b.number)
  }
}
