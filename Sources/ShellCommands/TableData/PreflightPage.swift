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

  var text: String { Report([sides, copy]).text(style: style) + FindingList(report.findings).text(style: style) }

  // MARK: Both sides

  private var sides: TextTable {
    var table = TextTable("sides", columns: ["", "source", "target"])
    func add(_ name: String, _ value: (PreflightSide) -> String) {
      table.add(row: [.text(name), .text(value(source)), .text(value(target))])
    }
    add("cluster") { $0.cluster }
    add("meta_servers") { $0.metaServers.joined(separator: ",") }
    add("version") { Self.shown($0.versions) { $0.joined(separator: ", ") } }
    add("meta_level") { Self.shown($0.metaLevel) { $0 } }
    add("table") { $0.table + ($0.exists ? "" : $0.refusal.isEmpty ? " (missing)" : " (\($0.refusal))") }
    add("table_id") { $0.exists ? "\($0.tableID)" : "-" }
    add("partitions") { $0.exists ? "\($0.partitionCount)" : "-" }
    add("replicas") { $0.exists ? "\($0.replicaCount)" : "-" }
    add("health") { Self.health($0) }
    add("servers") { side in
      Self.shown(side.aliveServers) { alive in
        let dead = side.deadServers.value?.count ?? 0
        return "\(alive) up" + (dead > 0 ? ", \(dead) down" : "")
      }
    }
    add("estimated_rows") { Self.shown($0.rows) { Format.grouped(Int($0)) } }
    add("estimated_bytes") { Self.shown($0.bytes) { Format.size(Double($0)) } }
    add("has_rows") { Self.presence($0) }
    add("free_disk") { Self.shown($0.disks) { Format.size($0.reduce(0) { $0 + Double($1.available) }) } }
    add("largest_write") { Self.shown($0.maxWriteSize) { $0 == 0 ? "no limit" : Format.size(Double($0)) } }
    add("data_version") { Self.shown($0.dataVersions) { $0.joined(separator: ", ") } }
    add("atomic_idempotent") { Self.shown($0.atomicIdempotent) { $0 ? "true" : "false" } }
    add("duplicated_to") { Self.shown($0.duplications) { $0.isEmpty ? "-" : $0.joined(separator: ", ") } }
    add("bulk_load") { Self.shown($0.isBulkLoading) { $0 ? "under way" : "-" } }
    add("split") { Self.shown($0.isSplitting) { $0 ? "under way" : "-" } }
    let keys = Set((source.environment.value ?? [:]).keys).union((target.environment.value ?? [:]).keys)
    for key in keys.sorted() { add(key) { $0.variable(key).map { String($0.prefix(60)) } ?? "-" } }
    if keys.isEmpty { add("envs") { Self.shown($0.environment) { _ in "-" } } }
    return table
  }

  private static func shown<Value>(_ answer: SideAnswer<Value>, _ text: (Value) -> String) -> String {
    if let value = answer.value { return text(value) }
    // What was not asked at all is no gap.
    return answer.reason == "" ? "-" : "unknown"
  }

  private static func health(_ side: PreflightSide) -> String {
    guard side.exists else { return "-" }
    if side.unhealthy.isEmpty { return "all healthy" }
    return
      "\(side.unhealthy.count) unhealthy, \(side.unwritable.count) read-only, \(side.unreadable.count) without primary"
  }

  private static func presence(_ side: PreflightSide) -> String {
    switch side.presence.value {
    case .found: "yes"
    case .absent: "no"
    case .notSeen: "not seen"
    case nil: side.exists ? "unknown" : "-"
    }
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
