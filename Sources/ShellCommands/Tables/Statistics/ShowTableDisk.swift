package import CommandLineKit
import Configuration
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC
import Terminal

/// `app_disk`
package struct ShowTableDisk: ShellCommand {
  package static let name = "app_disk"
  package static let summary = "show how much of the servers' disks a table takes"
  package static let group = "Tables"
  package static let effect = CommandEffect.reads
  package static let discussion = """
    Files of the storage engines, in megabytes as the servers round them; logs are not among them. Replicas of which a \
    server does not tell are not counted, and how many these are stands below.
    """
  package static let parameters: [Parameter<Self>] =
    [
      .argument(\.table, "app_name", help: "the table", completion: .table),
      .flag(\.isDetailed, "-d", "--detailed", help: "each replica"),
      .flag(\.resolves, "-r", "--resolve_ip", help: "addresses instead of host names"),
    ] + OutputOptions.parameters.nested(in: \.options)
  package static let examples = [
    CommandExample("app_disk users", "how much room will a copy need?"),
    CommandExample("app_disk users -d", "also of each replica"),
  ]

  private static let size = "rdb_total_sst_size_mb"
  private static let files = "rdb_total_sst_files"

  package var table = ""
  package var isDetailed = false
  package var resolves = false
  package var options = OutputOptions()

  package init() {}

  /// What one replica takes; nil where its server does not tell.
  private struct Replica {
    var node: NodeAddress
    var megabytes: Double?
    var files: Double?
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let cluster = try session.cluster()
    let routing = try await session.routing(of: table)
    let nodes = Set(routing.partitions.flatMap { $0.secondaries + [$0.primary].compactMap { $0 } })
    let samples = try await ReplicaSamples.take(
      [Self.size, Self.files], of: Array(nodes), tableID: routing.appID, pause: nil,
      limit: .milliseconds(session.configuration.defaults.httpTimeoutMilliseconds), cluster)
    func replica(_ partition: PartitionTable.Partition, at node: NodeAddress) -> Replica {
      let gpid = GPID(appID: routing.appID, partitionIndex: partition.index)
      let gauges = samples.figures(of: gpid, at: node)?.gauges ?? [:]
      return Replica(node: node, megabytes: gauges[Self.size], files: gauges[Self.files])
    }
    let partitions = routing.partitions.map { partition in
      (
        partition, primary: partition.primary.map { replica(partition, at: $0) },
        secondaries: partition.secondaries.map { replica(partition, at: $0) }
      )
    }
    let primaries = partitions.compactMap(\.primary)
    let replicas = primaries + partitions.flatMap(\.secondaries)
    func sum(_ list: [Replica]) -> Cell { .number(list.reduce(0) { $0 + ($1.megabytes ?? 0) }) }
    let uncounted = partitions.count { $0.primary?.megabytes == nil }
    let uncountedReplicas = replicas.count { $0.megabytes == nil }
    var parameters = TextTable.fields("parameters", ["app_name": .text(table)])
    if let file = options.file { parameters.add("out_file", .text(file)) }
    parameters.add("detailed", .bool(isDetailed))
    var sections = [
      parameters,
      TextTable.fields(
        "result",
        [
          "app_name": .text(table), "app_id": .integer(routing.appID), "partition_count": .integer(routing.count),
          "max_replica_count": .integer(routing.partitions.map(\.maxReplicaCount).max() ?? 0),
          "disk_used_for_primary_replicas(MB)": sum(primaries), "disk_used_for_all_replicas(MB)": sum(replicas),
          "partitions not counted": .text("\(uncounted)/\(routing.count)"),
          "replicas not counted": .text("\(uncountedReplicas)/\(replicas.count)"),
        ]),
    ]
    if isDetailed {
      var names: [NodeAddress: NodeAddress] = [:]
      for node in nodes { names[node] = resolves ? await NodeNames.resolved(node) : node }
      func text(_ replica: Replica) -> String {
        let megabytes = replica.megabytes.map { Format.fixed($0, decimals: 0) } ?? "-"
        let files = replica.files.map { Format.fixed($0, decimals: 0) } ?? "-"
        return "\(names[replica.node] ?? replica.node)(\(megabytes),#\(files))"
      }
      sections.append(
        .rows(
          "details", ["pidx", "ballot", "replica_count", "primary", "secondaries"],
          partitions.map { partition, primary, secondaries in
            [
              .integer(partition.index), .integer(partition.ballot),
              .text("\(partition.replicaCount)/\(partition.maxReplicaCount)"), .optional(primary.map(text)),
              .list(secondaries.map(text)),
            ]
          }))
    }
    try session.show(sections, options)
    for failure in samples.failures {
      session.output.warning("query app_disk metrics from node \(failure.node) failed, msg=\(failure.reason)")
    }
    if uncountedReplicas > 0 { throw ShellError("\(uncountedReplicas) of \(replicas.count) replicas are not counted") }
  }
}
