package import CommandLineKit
import Configuration
import EventLoop
import JSON
import PegasusClient
import RPC

/// `server_stat`
package struct ServerStatistics: ShellCommand {
  package static let name = "server_stat"
  package static let summary = "show memory and replicas of servers"
  package static let group = "Remote commands"
  package static let effect = CommandEffect.reads
  package static let discussion = """
    From servers of 2.6 on the numbers of their metrics; what one does not tell is null. Earlier servers answer the remote \
    command server-stat, and their text is shown as it is.
    """
  package static let parameters: [Parameter<Self>] =
    RemoteTargets.parameters.nested(in: \.targets) + [
      .option(
        \.interval, "-i", "--sample_interval_ms", value: "num", help: "", deprecated: "none of the numbers is a rate")
    ]
  package static let examples = [
    CommandExample("server_stat", "of all servers"), CommandExample("server_stat -t replica-server", "replicas alone"),
  ]

  /// The metrics of a server, and what the old shell calls them.
  private static let memory = [("resident_mem_usage_mb", "res_mem_mb"), ("virtual_mem_usage_mb", "virt_mem_mb")]
  private static let replicas = [
    "closing_replicas", "error_replicas", "inactive_replicas", "learning_replicas", "opening_replicas",
    "primary_replicas", "secondary_replicas", "splitting_replicas", "total_replicas",
  ].map { ($0, $0) }

  package var targets = RemoteTargets()
  package var interval: Int?

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let cluster = try session.cluster()
    let limit = Duration.milliseconds(session.configuration.defaults.httpTimeoutMilliseconds)
    try await session.askServers("server_stat ", targets) { target in
      if let message = await Self.metrics(of: target, limit: limit) { return message }
      return .string(try await cluster.remoteCommand("server-stat", [], at: target.node))
    }
  }

  /// nil when it has no such page.
  @LoopActor
  private static func metrics(of target: RemoteTargets.Target, limit: Duration) async -> JSONValue? {
    let names = (memory + replicas).map(\.0).joined(separator: ",")
    let path = "/metrics?with_metric_fields=name,value&types=server&metrics=\(names)"
    guard let reply = try? await HTTPGet.fetch(target.node, path: path, timeout: limit), reply.status == 200,
      let server = (try? ServerMetrics(json: reply.body))?.entities.first
    else { return nil }
    // Which of the two an address of the command line is, tell its metrics.
    let isReplica = target.role == "replica-server" || server.value("total_replicas") != nil
    let shown = (isReplica ? memory + replicas : memory).sorted { $0.1 < $1.1 }
    return .object(shown.map { JSONMember($0.1, server.value($0.0).map { .number($0) } ?? .null) })
  }
}
