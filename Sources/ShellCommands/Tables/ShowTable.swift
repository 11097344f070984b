package import CommandLineKit
import EventLoop
import PegasusClient
import RPC
import Terminal

/// `app`
package struct ShowTable: ShellCommand {
  package static let name = "app"
  package static let summary = "show a table and where its partitions are"
  package static let group = "Tables"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] =
    [
      .argument(\.table, "app_name", help: "the table", completion: .table),
      .flag(\.isDetailed, "-d", "--detailed", help: "each partition, the servers and the health"),
      .flag(\.resolves, "-r", "--resolve_ip", help: "addresses instead of host names"),
    ] + OutputOptions.parameters.nested(in: \.options)
  package static let examples = [
    CommandExample("app temp", "id, partitions, replicas"),
    CommandExample("app temp -d", "and where each partition is"),
  ]

  package var table = ""
  package var isDetailed = false
  package var resolves = false
  package var options = OutputOptions()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let routing = try await session.routing(of: table)
    var parameters = TextTable.fields("parameters", ["app_name": .text(table)])
    if let file = options.file { parameters.add("out_file", .text(file)) }
    parameters.add("detailed", .bool(isDetailed))
    let replicas = routing.partitions.map(\.maxReplicaCount).max() ?? 0
    var sections = [
      parameters,
      TextTable.fields(
        "general",
        [
          "app_name": .text(table), "app_id": .integer(routing.appID), "partition_count": .integer(routing.count),
          "max_replica_count": .integer(replicas),
        ]),
    ]
    if isDetailed {
      let names = try await shownNames(routing)
      sections += [Self.replicas(routing, names), Self.nodes(routing, names), Self.health(routing)]
    }
    try session.show(sections, options)
  }

  /// What every server of the table is called.
  @LoopActor
  private func shownNames(_ routing: PartitionTable) async throws -> [NodeAddress: String] {
    let nodes = Set(routing.partitions.flatMap { $0.secondaries + [$0.primary].compactMap { $0 } })
    let resolves = resolves
    let names = try await mapConcurrently(Array(nodes)) { node in
      (node, "\(resolves ? await NodeNames.resolved(node) : node)")
    }
    return Dictionary(names, uniquingKeysWith: { first, _ in first })
  }

  private static func replicas(_ routing: PartitionTable, _ names: [NodeAddress: String]) -> TextTable {
    .rows(
      "replicas", ["pidx", "ballot", "replica_count", "primary", "secondaries"],
      routing.partitions.map { partition in
        [
          .integer(partition.index), .integer(partition.ballot),
          .text("\(partition.replicaCount)/\(partition.maxReplicaCount)"),
          .optional(partition.primary.flatMap { names[$0] }), .list(partition.secondaries.compactMap { names[$0] }),
        ]
      })
  }

  private static func nodes(_ routing: PartitionTable, _ names: [NodeAddress: String]) -> TextTable {
    var counts: [NodeAddress: ReplicaCounts] = [:]
    ReplicaCounts.add(routing, to: &counts)
    var rows: [[Cell]] = counts.map { node, count in
      [
        .text(names[node] ?? "\(node)"), .integer(count.primaries), .integer(count.secondaries),
        .integer(count.primaries + count.secondaries),
      ]
    }.sorted { $0[0].text < $1[0].text }
    let primaries = counts.values.reduce(0) { $0 + $1.primaries }
    let secondaries = counts.values.reduce(0) { $0 + $1.secondaries }
    rows.append(["", .integer(primaries), .integer(secondaries), .integer(primaries + secondaries)])
    return .rows("nodes", ["node", "primary", "secondary", "total"], rows)
  }

  private static func health(_ routing: PartitionTable) -> TextTable {
    let health = PartitionHealth(routing)
    return .fields(
      "healthy",
      [
        "fully_healthy_partition_count": .integer(health.fullyHealthy),
        "unhealthy_partition_count": .integer(health.unhealthy),
        "write_unhealthy_partition_count": .integer(health.writeUnhealthy),
        "read_unhealthy_partition_count": .integer(health.readUnhealthy),
      ])
  }
}
