import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// `query_manual_compact_status`
struct ShowCompaction: ShellCommand {
  static let name = "query_manual_compact_status"
  static let aliases = ["manual-compaction query"]
  static let summary = "show how far the manual compaction of a table is"
  static let group = "Bulk load"
  static let effect = CommandEffect.reads
  static let discussion = """
    The numbers are those of the replicas themselves. The meta server's percentage (2.4 and later) may be half a minute old, \
    and counts compactions that ended long ago; it is empty when all replicas are idle for it.
    """
  static let parameters: [Parameter<Self>] =
    [
      .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table),
      .flag(\.isDetailed, "-d", "--detailed", help: "each replica"),
    ] + OutputOptions.parameters.nested(in: \.format)
  static let examples = [
    CommandExample("query_manual_compact_status -a users", "the whole"),
    CommandExample("query_manual_compact_status -a users -d", "each replica, with the time of its last end"),
  ]

  var table = ""
  var isDetailed = false
  var format = OutputOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let cluster = try session.cluster()
    try await session.requireTable(table)
    let identity = try await TableIdentity(of: cluster.table(table), in: try session.here())
    let state = try await CompactionState.ask(identity, of: cluster)
    var sections: [TextTable] = []
    if isDetailed {
      var section = TextTable(
        "replicas", columns: ["pidx", "node", "role", "status", "last_finish", "recent_enqueue_at", "recent_start_at"],
        json: .list)
      for replica in state.replicas.sorted(by: {
        ($0.partition.partitionIndex, $0.server) < ($1.partition.partitionIndex, $1.server)
      }) {
        section.add(row: [
          .integer(Int(replica.partition.partitionIndex)), .text(replica.server),
          .text(replica.isPrimary ? "primary" : "secondary"),
          .text(replica.startedAt != nil ? "running" : replica.enqueuedAt != nil ? "queued" : "idle"),
          Self.time(replica.finishedAt), Self.time(replica.enqueuedAt), Self.time(replica.startedAt),
        ])
      }
      sections.append(section)
    }
    var summary = TextTable("summary")
    summary.add("app_name", .text(table))
    summary.add("replicas", .integer(state.replicas.count))
    summary.add("running", .integer(state.running))
    summary.add("queued", .integer(state.queued))
    let progress: Int?
    do throws(ClientError) {
      progress = try await cluster.compactionProgress(table: table)
    } catch {
      guard error.code == .handlerNotFound else { throw error }
      progress = nil
    }
    summary.add("meta_progress(%)", progress.map { .integer($0) } ?? .missing)
    sections.append(summary)
    try session.show(sections, format)
  }

  private static func time(_ text: String?) -> Cell { text.map { .text($0) } ?? .missing }
}
