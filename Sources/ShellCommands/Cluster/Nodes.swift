import Configuration
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// `nodes`
package struct Nodes: ShellCommand {
  package enum Status: String, CaseIterable, ParameterValue {
    case all, alive, unalive

    package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Status {
      guard let status = Status(rawValue: String(decoding: bytes, as: UTF8.self).lowercased()) else {
        throw ParameterError("one of all, alive, unalive is expected")
      }
      return status
    }

    var value: NodeStatus {
      switch self {
      case .all: .invalid
      case .alive: .alive
      case .unalive: .unalive
      }
    }
  }

  package static let name = "nodes"
  package static let summary = "list the replica servers"
  package static let group = "Cluster"
  package static let effect = CommandEffect.reads
  package static let discussion = """
    -u and -q ask each living server for its metrics (Pegasus 2.6). A server that does not answer is shown with '-' in \
    those columns.
    """
  package static let parameters: [Parameter<Self>] =
    [
      .flag(\.isDetailed, "-d", "--detailed", help: "count the replicas of each server"),
      .flag(\.resolves, "-r", "--resolve_ip", help: "addresses instead of host names"),
      .flag(\.showsUsage, "-u", "--resource_usage", help: "memory and disks"),
      .option(\.status, "-s", "--status", help: "only servers in this state"),
      .flag(\.showsQPS, "-q", "--qps", help: "requests per second and latencies"),
      .option(
        \.interval, "-i", "--sample_interval_ms", value: "num",
        help: "milliseconds between the two samples of -q; default from the configuration (1000)"),
    ] + OutputOptions.parameters.nested(in: \.options)
  package static let examples = [
    CommandExample("nodes", "addresses and states"),
    CommandExample("nodes -d -u", "with replicas, memory and disks"),
    CommandExample("nodes -s unalive -j", "the dead ones, as JSON"),
  ]

  package var isDetailed = false
  package var resolves = false
  package var showsUsage = false
  package var showsQPS = false
  package var status: Status?
  package var interval: Int?
  package var options = OutputOptions()

  package init() {}

  package func validate() throws(UsageError) {
    if let interval, !(1...3_600_000).contains(interval) {
      throw UsageError("sample_interval_ms: from 1 to 3600000 milliseconds", kind: .invalidValue)
    }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let cluster = try session.cluster()
    let nodes = try await cluster.listNodes(status: (status ?? .all).value).sorted {
      ($0.address.host, $0.address.port) < ($1.address.host, $1.address.port)
    }
    var columns: [TextTable.Column] = ["address", "status"]
    var rows: [[Cell]] = []
    for node in nodes {
      let shown = resolves ? await NodeNames.resolved(node.address) : node.address
      rows.append([.text("\(shown)"), .text(Names.withoutPrefix(node.status.name))])
    }
    if isDetailed {
      columns += [.right("replica_count"), .right("primary_count"), .right("secondary_count")]
      let counts = try await ReplicaCounts.collect(in: cluster)
      for (index, node) in nodes.enumerated() {
        let count = counts[node.address] ?? ReplicaCounts()
        rows[index] += [
          .integer(count.primaries + count.secondaries), .integer(count.primaries), .integer(count.secondaries),
        ]
      }
    }
    let failures = try await addMetrics(of: nodes, to: &columns, &rows, session)

    var parameters: [(String, Cell)] = []
    if let status { parameters.append(("status", .text(status.rawValue))) }
    if let file = options.file { parameters.append(("out_file", .text(file))) }
    let alive = nodes.count { $0.status == .alive }
    try session.show(
      [
        TextTable("parameters", pairs: parameters), .rows("details", columns, rows),
        .fields(
          "summary",
          [
            "total_node_count": .integer(nodes.count), "alive_node_count": .integer(alive),
            "unalive_node_count": .integer(nodes.count - alive),
          ]),
      ].filter { !($0.name == "parameters" && $0.isEmpty) }, options)
    for failure in failures { session.output.warning(failure) }
    if !failures.isEmpty {
      throw ShellError(
        "the metrics of \(failures.count) of \(nodes.count) servers are not known",
        advice: "servers before 2.6 do not offer them")
    }
  }

  @LoopActor
  private func addMetrics(
    of nodes: [ClusterClient.Node], to columns: inout [TextTable.Column], _ rows: inout [[Cell]], _ session: Session
  ) async throws -> [String] {
    guard showsUsage || showsQPS else { return [] }
    let defaults = session.configuration.defaults
    let limit = Duration.milliseconds(defaults.httpTimeoutMilliseconds)
    let pause = Duration.milliseconds(interval ?? defaults.nodesSampleIntervalMilliseconds)
    let (wantsUsage, wantsQPS) = (showsUsage, showsQPS)
    let results = try await mapConcurrently(nodes, limit: 64) { node -> NodeMetrics in
      guard node.status == .alive else { return NodeMetrics() }
      return try await NodeMetrics.collect(
        from: node.address, usage: wantsUsage, rates: wantsQPS, pause: pause, limit: limit)
    }
    if showsUsage { columns += NodeMetrics.usageNames.map { .right($0) } }
    if showsQPS { columns += NodeMetrics.rateNames.map { .right($0) } }
    for (index, metrics) in results.enumerated() {
      if showsUsage { rows[index] += metrics.usageCells }
      if showsQPS { rows[index] += metrics.rateCells }
    }
    return results.compactMap(\.failure)
  }
}

/// Names of the wire as listings show them.
package enum Names {
  /// `AVAILABLE` of `AS_AVAILABLE`.
  package static func withoutPrefix(_ name: String) -> String {
    guard let underscore = name.firstIndex(of: "_") else { return name }
    return String(name[name.index(after: underscore)...])
  }
}
