import CommandLineKit
import EventLoop
import JSON
import Jobs
import PegasusClient

/// `start_manual_compact`
struct StartCompaction: JobCommand {
  static let name = "start_manual_compact"
  static let aliases = ["manual-compaction start"]
  static let summary = "have the replicas rewrite the files of a table, without what is deleted or expired"
  static let group = "Bulk load"
  static let effect = CommandEffect.writes
  static let discussion = """
    As 'manual-compaction start' of admin-cli. It costs the servers as much reading and writing as the table is large; -c \
    bounds how many partitions of one server work at a time. Without -b files that lie in the deepest level stay as they \
    are; files of a bulk load with --ingest_behind lie there.

    It returns when the servers know of it; --wait shows how far they are until every replica has ended, as a job that \
    'resume' can watch again. Servers before 2.4 are told by the table's environment.
    """
  static let parameters: [Parameter<Self>] =
    [
      .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table),
      .flag(\.rewritesBottommost, "-b", "--bottommost", help: "also rewrite files of the deepest level"),
      .option(\.targetLevel, "-l", "--target_level", value: "num", help: "the level to end in; -1: the deepest one"),
      .option(
        \.maxRunning, "-c", "--max_running_count", value: "num",
        help: "partitions of a server at a time; 0: as many as it likes"),
      .flag(\.waits, "-w", "--wait", help: "wait until all replicas have ended, and show how far they are"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("start_manual_compact -a users --wait", "until it has ended"),
    CommandExample("start_manual_compact -a users -b -c 2 --wait", "after a bulk load, two partitions at a time"),
  ]

  var table = ""
  var rewritesBottommost = false
  var targetLevel: Int32 = -1
  var maxRunning: Int32 = 0
  var waits = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    if table.isEmpty { throw UsageError("app_name should not be empty", kind: .missingParameter) }
    if targetLevel < -1 { throw UsageError("target_level: -1 or more is expected", kind: .invalidValue) }
    if maxRunning < 0 { throw UsageError("max_running_count: 0 or more is expected", kind: .invalidValue) }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let cluster = try session.cluster()
    try await session.requireTable(table)
    try await session.requireConfirmation(
      "Rewrite all files of table '\(table)' of cluster '\(session.clusterName)'?", effect: Self.effect)
    if waits || session.launchesInBackground {
      var plan = CompactionPlan(table: try await TableIdentity(of: cluster.table(table), in: try session.here()))
      plan.rewritesBottommost = rewritesBottommost
      plan.targetLevel = targetLevel
      plan.maxRunning = maxRunning
      return try await session.launch(
        JobPlan(
          version: CompactionPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
          parameters: plan.parameters, steps: [CompactionWork.start, CompactionWork.compact]), job, asJSON: isJSON)
    }
    do throws(ClientError) {
      try await cluster.startCompaction(
        table: table, bottommost: rewritesBottommost, targetLevel: targetLevel, maxRunning: maxRunning)
    } catch {
      throw CompactionRefusal.explained(error, table)
    }
    let text = "start manual compaction succeed"
    if isJSON || session.output.isJSON {
      session.output.json(["app_name": .string(table), "result": .string(text)])
    } else {
      session.output.line(text)
    }
  }
}
