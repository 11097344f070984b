import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// `query_backup_status`
struct QueryBackups: JobCommand {
  static let name = "query_backup_status"
  static let summary = "show the one-time backups of a table that the meta server remembers"
  static let group = "Backups"
  static let effect = CommandEffect.reads
  static let discussion = """
    The leading meta server keeps them in its memory: after another one took over it knows none. 'ls_backups' shows what \
    lies on the storage. --wait shows the running one until it ends.
    """
  static let parameters: [Parameter<Self>] =
    [
      .argument(
        \.table, "table", help: "the table's id or name; the chosen one when left out", completion: .table),
      .argument(\.id, "backup_id", help: "only this one"),
      .flag(\.waits, "-w", "--wait", help: "wait until it ends, and show how far it is"),
    ] + OutputOptions.parameters.nested(in: \.format) + JobOptions.parameters.nested(in: \.job)
  static let usageOverride: String? = "<table_id|app_name> [backup_id] [-w|--wait] [-o|--output file_name] [-j|--json]"
  static let examples = [
    CommandExample("query_backup_status 4", "all backups of table 4"),
    CommandExample("query_backup_status users 1742888751127 --wait", "until this one ends"),
  ]

  var table: String?
  var id: Int64?
  var waits = false
  var format = OutputOptions()
  var job = JobOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let table = try await TableChoice.find(table, in: session)
    let cluster = try session.cluster()
    let items = try await cluster.backups(ofTable: table.appId, id: id)
    guard !items.isEmpty else {
      throw ShellError(
        "the meta server knows no backup \(id.map { "\($0) " } ?? "")of table '\(table.appName)' (id \(table.appId))",
        advice: "it forgets them when another meta server leads; 'ls_backups' shows what lies on the storage")
    }
    if waits || session.launchesInBackground {
      guard let item = items.first(where: \.isRunning) ?? (id == nil ? nil : items.first) else {
        throw ShellError("no backup of table '\(table.appName)' is running")
      }
      let plan = BackupPlan(
        table: try await TableIdentity(of: cluster.table(table.appName), in: try session.here()),
        provider: item.backupProviderType, path: item.backupPath.isEmpty ? nil : item.backupPath,
        coldRoot: await ColdBackupRoot.ask(cluster), backupID: item.backupId)
      return try await session.launch(plan, line: session.commandLine, job, asJSON: format.isJSON)
    }
    var section = TextTable(
      "backups",
      columns: [
        "backup_id", "app_name", "start_time", "end_time", "status", "backup_provider_type", "backup_path",
      ])
    for item in items.sorted(by: { $0.backupId < $1.backupId }) {
      section.add(row: [
        .integer(item.backupId), .text(item.appName), .time(milliseconds: item.startTimeMs),
        .time(milliseconds: item.endTimeMs), .text(item.statusText), .text(item.backupProviderType),
        item.backupPath.isEmpty ? .missing : .text(item.backupPath),
      ])
    }
    try session.show([section], format)
  }
}

extension Cell {
  /// `2026-11-20 23:19:13` in local time, `-` for 0; the number itself in JSON.
  static func time(milliseconds: Int64) -> Cell {
    guard let text = Times.text(unixSeconds: milliseconds / 1000) else { return .missing }
    return .typed(text.replacing("_", with: " "), .integer(milliseconds))
  }
}
