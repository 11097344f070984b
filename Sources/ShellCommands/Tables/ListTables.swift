package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// `ls`
package struct ListTables: ShellCommand {
  package enum Status: String, CaseIterable, ParameterValue {
    case all, available, creating, dropping, dropped, recalling
    case createFailed = "create_failed"
    case dropFailed = "drop_failed"

    var value: AppStatus {
      switch self {
      case .all: .invalid
      case .available: .available
      case .creating: .creating
      case .createFailed: .createFailed
      case .dropping: .dropping
      case .dropFailed: .dropFailed
      case .dropped: .dropped
      case .recalling: .recalling
      }
    }
  }

  package enum Match: String, CaseIterable, ParameterValue {
    case all, exact, anywhere, prefix, postfix

    var value: PatternMatchType? {
      switch self {
      case .all: nil
      case .exact: .matchExact
      case .anywhere: .matchAnywhere
      case .prefix: .matchPrefix
      case .postfix: .matchPostfix
      }
    }
  }

  package static let name = "ls"
  package static let summary = "list the tables of the cluster"
  package static let group = "Tables"
  package static let effect = CommandEffect.reads
  package static let discussion = """
    Health, per partition: healthy with a primary and all replicas; write unhealthy without a primary or with fewer than \
    two replicas where more are wanted; read unhealthy without a primary.
    """
  package static let parameters: [Parameter<Self>] =
    [
      .flag(\.isAll, "-a", "--all", help: "tables in every state, dropped ones too"),
      .flag(\.isDetailed, "-d", "--detailed", help: "health of the partitions"),
    ] + OutputOptions.parameters.nested(in: \.options) + [
      .option(
        \.status, "-s", "--status", value: "all|available|creating|dropping|dropped",
        help: "only tables in this state (default: available)"),
      .option(\.pattern, "-p", "--app_name_pattern", value: "str", help: "only tables whose name matches"),
      .option(
        \.match, "-m", "--match_type", help: "how the name matches the pattern (default: anywhere in it)"),
    ]
  package static let examples = [
    CommandExample("ls", "the tables that can be used"), CommandExample("ls -d", "and how healthy they are"),
    CommandExample("ls -s dropped", "what can still be recalled"),
    CommandExample("ls -p user_ -m prefix", "tables whose name begins with user_"),
  ]

  package var isAll = false
  package var isDetailed = false
  package var status: Status?
  package var pattern: String?
  package var match: Match?
  package var options = OutputOptions()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let cluster = try session.cluster()
    let wanted = status ?? (isAll ? .all : .available)
    let type = pattern == nil ? nil : (match ?? .anywhere).value
    let tables = try await cluster.listTables(
      status: wanted.value, pattern: type == nil ? nil : pattern, match: type
    ).sorted { $0.appId < $1.appId }
    if pattern == nil, wanted == .available || wanted == .all {
      session.names.setTables(tables.filter { $0.status == .available }.map(\.appName), of: session.clusterName)
    }
    let available = tables.filter { $0.status == .available }
    var sections = [Self.general(tables)]
    var summary = TextTable.fields("summary", ["total_app_count": .integer(available.count)])
    if isDetailed {
      let health = try await mapConcurrently(available) { table in
        PartitionHealth(try await cluster.table(table.appName).router.refresh())
      }
      sections.append(Self.healthy(available, health))
      summary.add("fully_healthy_app_count", .integer(health.count { $0.unhealthy == 0 }))
      summary.add("unhealthy_app_count", .integer(health.count { $0.unhealthy > 0 }))
      summary.add("write_unhealthy_app_count", .integer(health.count { $0.writeUnhealthy > 0 }))
      summary.add("read_unhealthy_app_count", .integer(health.count { $0.readUnhealthy > 0 }))
    }
    try session.show(sections + [summary], options)
  }

  private static func general(_ tables: [AppInfo]) -> TextTable {
    var section = TextTable(
      "general_info",
      columns: [
        "app_id", "status", "app_name", "app_type", "partition_count", "replica_count", "is_stateful", "create_time",
        "drop_time", "drop_expire", "envs_count", "atomic_idempotent",
      ] as [String])
    for table in tables {
      // The times of a drop stay in a table that was recalled.
      let isDropped = table.status == .dropped
      let dropped = isDropped ? Times.text(unixSeconds: table.dropSecond) : nil
      let expires = isDropped ? Times.text(unixSeconds: table.expireSecond) : nil
      var row: [Cell] = [
        Cell.integer(table.appId), Cell.text(Names.withoutPrefix(table.status.name)), Cell.text(table.appName),
        Cell.text(table.appType),
      ]
      row += [Cell.integer(table.partitionCount), Cell.integer(table.maxReplicaCount), Cell.bool(table.isStateful)]
      row += [
        Cell.optional(Times.text(unixSeconds: table.createSecond)), Cell.optional(dropped), Cell.optional(expires),
      ]
      let isIdempotent: Bool = table.atomicIdempotent == true
      let envCount: Int = table.envs.keys.count
      row.append(Cell.integer(envCount))
      row.append(Cell.bool(isIdempotent))
      section.add(row: row)
    }
    return section
  }

  private static func healthy(_ tables: [AppInfo], _ health: [PartitionHealth]) -> TextTable {
    var section = TextTable(
      "healthy_info",
      columns: [
        "app_id", "app_name", "partition_count", "fully_healthy", "unhealthy", "write_unhealthy", "read_unhealthy",
      ] as [String])
    for (table, health) in zip(tables, health) {
      var row: [Cell] = [Cell.integer(table.appId), Cell.text(table.appName), Cell.integer(table.partitionCount)]
      row += [Cell.integer(health.fullyHealthy), Cell.integer(health.unhealthy)]
      row += [Cell.integer(health.writeUnhealthy), Cell.integer(health.readUnhealthy)]
      section.add(row: row)
    }
    return section
  }
}
