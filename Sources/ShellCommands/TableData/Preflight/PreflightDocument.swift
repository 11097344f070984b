import Copying
import JSON

/// A dry run, and what a job keeps of the look before it, for programs.
struct PreflightDocument {
  private let report: PreflightReport

  init(_ report: PreflightReport) { self.report = report }

  var json: JSONValue {
    let facts = report.facts
    return .object([
      "source": Self.json(facts.source), "target": Self.json(facts.target),
      "geo": facts.geo.map(Self.json) ?? .null, "copy": copy, "estimate": estimate,
      "findings": FindingList(report.findings).json,
      "verdict": .string(!report.blockers.isEmpty ? "refused" : report.questions.isEmpty ? "ready" : "asks"),
    ])
  }

  /// What a job that was begun nevertheless keeps of it.
  var warnings: [JSONObject] {
    report.warnings.map {
      ["message": .string($0.line), "check": .string($0.check.rawValue), "asked": .bool($0.asks)]
    }
  }

  private var copy: JSONValue {
    let options = report.options
    return .object([
      "partitions": options.partitions.map { .array($0.map { .integer(Int64($0)) }) } ?? .null,
      "write_mode": .string(options.mode.rawValue), "no_ttl": .bool(options.dropsExpiry),
      "no_value": .bool(options.dropsValues),
      "max_rows_per_second": options.maxRowsPerSecond.map { .number($0) } ?? .null,
      "max_bytes_per_second": options.maxBytesPerSecond.map { .number($0) } ?? .null,
    ])
  }

  private var estimate: JSONValue {
    let estimate = report.estimate
    return .object([
      "rows": estimate.rows.map { .integer($0) } ?? .null, "bytes": estimate.bytes.map { .integer($0) } ?? .null,
      "seconds": estimate.seconds.map { .number($0) } ?? .null, "basis": .string(estimate.basis),
      "sampled_rows": report.facts.sample.map { .integer($0.rows) } ?? .null,
      "sampled_rows_per_second": report.facts.sample.map { .number($0.rowsPerSecond) } ?? .null,
    ])
  }

  /// What is not known is null.
  static func json(_ side: PreflightSide) -> JSONValue {
    func list(_ numbers: [Int32]) -> JSONValue { .array(numbers.map { .integer(Int64($0)) }) }
    func texts(_ answer: SideAnswer<[String]>) -> JSONValue { answer.value.map { .strings($0) } ?? .null }
    func flag(_ answer: SideAnswer<Bool>) -> JSONValue { answer.value.map { .bool($0) } ?? .null }
    func number(_ answer: SideAnswer<Int64>) -> JSONValue { answer.value.map { .integer($0) } ?? .null }
    let hasRows: JSONValue =
      switch side.presence.value {
      case .found: true
      case .absent: false
      case .notSeen, nil: .null
      }
    return .object([
      "cluster": .string(side.cluster), "meta_servers": .strings(side.metaServers), "table": .string(side.table),
      "exists": .bool(side.exists), "refusal": .string(side.refusal), "table_id": .integer(Int64(side.tableID)),
      "partition_count": .int(side.partitionCount), "replica_count": .integer(Int64(side.replicaCount)),
      "unhealthy_partitions": list(side.unhealthy), "unwritable_partitions": list(side.unwritable),
      "unreadable_partitions": list(side.unreadable), "dead_servers": texts(side.deadServers),
      "alive_servers": side.aliveServers.value.map { .int($0) } ?? .null, "versions": texts(side.versions),
      "estimated_rows": number(side.rows), "estimated_bytes": number(side.bytes), "has_rows": hasRows,
      "envs": side.environment.value.map { envs in
        .object(envs.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) })
      } ?? .null,
      "duplicated_to": texts(side.duplications), "bulk_load": flag(side.isBulkLoading),
      "split": flag(side.isSplitting), "meta_level": side.metaLevel.value.map { .string($0) } ?? .null,
      "atomic_idempotent": flag(side.atomicIdempotent), "data_versions": texts(side.dataVersions),
      "max_write_bytes": number(side.maxWriteSize),
      "free_disk": side.disks.value.map { disks in
        .object(disks.map { JSONMember($0.server, .integer($0.available)) })
      } ?? .null,
      "free_disk_total": side.disks.value.map { .integer(FreeDisk($0).available) } ?? .null,
    ])
  }
}
