import CommandLineKit
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// `query_restore_status`
struct ShowRestoreStatus: JobCommand {
  static let name = "query_restore_status"
  static let summary = "show how far the restore of a table is"
  static let group = "Backups"
  static let effect = CommandEffect.reads
  static let discussion = """
    100% means that each partition has its data and a primary; 'restore' and --wait also wait for the other replicas. A \
    table that was never restored counts as complete.
    """
  static let parameters: [Parameter<Self>] =
    [
      .argument(\.table, "restore_app_id", help: "the new table's id or name", completion: .table),
      .flag(\.isDetailed, "-d", "--detailed", help: "each partition"),
      .flag(\.waits, "-w", "--wait", help: "wait until it is complete, and show how far it is"),
      .flag(\.isJSON, "-j", "--json", help: "as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("query_restore_status 6", "the whole"),
    CommandExample("query_restore_status 6 -d", "each partition"),
    CommandExample("query_restore_status t1_restored --wait", "until it is complete"),
  ]

  var table = ""
  var isDetailed = false
  var waits = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    if let id = Int32(table), id <= 0 { throw UsageError("invalid restore_app_id(\(id))", kind: .invalidValue) }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let id = try await appID(in: session)
    if waits || session.launchesInBackground { return try await wait(for: id, in: session) }
    let status: ClusterClient.RestoreStatus
    do {
      status = try await session.cluster().restoreStatus(tableID: id)
    } catch let error as ClientError {
      switch error.code {
      case .appDropped:
        throw ShellError(
          "\(RestoreFailure.takenBack)",
          advice: "or the table was dropped by hand; 'check_backup' tells what is damaged")
      case .appNotExist: throw Self.unknown(id)
      default: throw error
      }
    }
    if isJSON || session.output.isJSON { return session.output.json(Self.json(id, status)) }
    let overall = "the overall progress of restore is \(Self.percent(status))%"
    guard isDetailed else { return session.output.line(overall) }
    session.output.line(Self.row("pid", "progress(%)", "restore_status"))
    for index in status.progress.indices {
      session.output.line(
        Self.row("\(index)", "\(status.progress[index] / 10)", RestoreWord.of(status, index).rawValue))
    }
    session.output.write(
      """

      \(overall)

      annotations:
          ok : mean restore complete
          ongoing : mean restore is under going
          skip : data on cold backup media is damaged, but skip the damaged partition
          unknown : invalid, should login server and check it

      """)
  }

  /// A table that the servers have dropped again is known by its id alone.
  @LoopActor
  private func appID(in session: Session) async throws -> Int32 {
    if let id = Int32(table) { return id }
    return try await TableChoice.find(table, in: session).appId
  }

  @LoopActor
  private func wait(for id: Int32, in session: Session) async throws {
    let tables = try await session.cluster().listTables()
    guard let table = tables.first(where: { $0.appId == id }) else { throw Self.unknown(id) }
    let request = ConfigurationRestoreRequest(
      clusterName: table.envs["restore.cluster_name"] ?? "", policyName: table.envs["restore.policy_name"] ?? "",
      timeStamp: table.envs["restore.backup_id"].flatMap { Int64($0) } ?? 0,
      appName: table.envs["restore.app_name"] ?? table.appName,
      appId: table.envs["restore.app_id"].flatMap { Int32($0) } ?? 0, newAppName: table.appName,
      backupProviderName: table.envs["restore.block_service_provider"] ?? "",
      restorePath: table.envs["restore.restore_path"])
    try await session.launch(
      RestorePlan(target: ClusterIdentity(try session.here()), request: request, appID: id), job, asJSON: isJSON)
  }

  private static func unknown(_ id: Int32) -> ShellError {
    ShellError("invalid restore_app_id(\(id))", advice: "'ls' shows the tables and their ids")
  }

  /// Rounded down: 100 is said only of what is complete.
  private static func percent(_ status: ClusterClient.RestoreStatus) -> Int64 {
    status.progress.isEmpty
      ? 0 : status.progress.reduce(Int64(0)) { $0 + Int64($1) } / Int64(status.progress.count) / 10
  }

  private static func row(_ cells: String...) -> String {
    cells.map { $0 + String(repeating: " ", count: max(0, 14 - $0.count)) }.joined()
  }

  private static func json(_ id: Int32, _ status: ClusterClient.RestoreStatus) -> JSONObject {
    [
      "app_id": .int(id), "complete": .bool(status.isComplete), "progress": .integer(percent(status)),
      "partitions": .array(
        status.progress.indices.map {
          .object([
            "partition": .int($0), "progress": .int(status.progress[$0] / 10),
            "restore_status": .string(RestoreWord.of(status, $0).rawValue),
          ])
        }),
    ]
  }
}
