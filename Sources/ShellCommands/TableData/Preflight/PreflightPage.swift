import Copying
import EventLoop
import PegasusClient
import Terminal

/// A dry run for people: both sides beside each other, what was found, and what would be copied.
struct PreflightPage {
  private let report: PreflightReport
  private let style: Style
  private var source: PreflightSide { report.facts.source }
  private var target: PreflightSide { report.facts.target }

  init(_ report: PreflightReport, style: Style) {
    self.report = report
    self.style = style
  }

  var text: String {
    Report([PreflightSides(source, target).table, copy]).text(style: style)
      + FindingList(report.findings).text(style: style)
  }

  // MARK: What would be done

  private var copy: TextTable {
    let options = report.options
    var table = TextTable("copy")
    let all = source.partitionCount
    table.add("partitions", .text(options.partitions.map { "\($0.count) of \(all)" } ?? "all \(all)"))
    table.add("write_mode", .text(options.mode.rawValue))
    for (name, filter) in [
      ("hash_key_filter", options.filter.hashKey), ("sort_key_filter", options.filter.sortKey),
      ("value_filter", options.filter.value),
    ] {
      guard let filter else { continue }
      table.add(name, .text("\(filter.match.rawValue) \(quoted(filter.pattern))"))
    }
    table.add("expiries", .text(options.dropsExpiry ? "dropped: copied rows never expire" : "kept"))
    if options.dropsValues { table.add("values", .text("left empty")) }
    table.add("max_rows_per_second", options.maxRowsPerSecond.map { .text(Format.rate($0)) } ?? .missing)
    table.add("max_mb_per_second", options.maxBytesPerSecond.map { .text(Format.size($0) + "/s") } ?? .missing)
    let estimate = report.estimate
    table.add("estimated_rows", .text(estimate.rows.map { Format.grouped(Int($0)) } ?? "unknown"))
    table.add("estimated_bytes", .text(estimate.bytes.map { Format.size(Double($0)) } ?? "unknown"))
    table.add("estimated_time", .text(Self.time(estimate)))
    return table
  }

  private static func time(_ estimate: CopyEstimate) -> String {
    guard let seconds = estimate.seconds else { return "unknown" }
    return "at least \(Format.duration(.seconds(min(seconds, 1e12)))), by \(estimate.basis)"
  }
}
