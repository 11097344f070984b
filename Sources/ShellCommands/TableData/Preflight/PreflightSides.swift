import Copying
import Terminal

/// Both sides of a copy or a migration beside each other.
struct PreflightSides {
  private let source: PreflightSide
  private let target: PreflightSide

  private let leavesGapsOut: Bool

  /// - Parameter leavesGapsOut: nothing is said of what is not known, or not asked, of both
  init(_ source: PreflightSide, _ target: PreflightSide, leavesGapsOut: Bool = false) {
    self.source = source
    self.target = target
    self.leavesGapsOut = leavesGapsOut
  }

  /// One row for each fact.
  var table: TextTable {
    var table = TextTable("sides", columns: ["", "source", "target"])
    func add(_ name: String, _ value: (PreflightSide) -> String) {
      let (mine, theirs) = (value(source), value(target))
      if leavesGapsOut, mine == "-", theirs == "-" { return }
      table.add(row: [.text(name), .text(mine), .text(theirs)])
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
    add("free_disk") { Self.shown($0.disks) { Format.size(Double(FreeDisk($0).available)) } }
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
}
