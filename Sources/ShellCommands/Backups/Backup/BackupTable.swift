import JSON
import CommandLineKit
import EventLoop
import Jobs
import PegasusClient
import PegasusProtocol

/// `backup`: one backup of one table.
struct BackupTable: JobCommand {
  static let name = "backup"
  static let summary = "back a table up onto a storage of the servers, once"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let discussion = """
    Every primary writes a checkpoint of its partition and uploads it; the primaries' disks and the storage do the work. \
    'rate_limit' shows and sets how fast. The backup holds the rows of the moment at which each partition began, and none of \
    the table's environment variables. Pegasus 2.3 to 2.6; for older servers see add_backup_policy.

    <provider> is a section [block_service.<provider>] of the servers. With the same section in the configuration of this \
    shell the progress can be seen. A path goes in front of the servers' own directory (cold_backup_root).

    It is a job that watches: the servers work on whatever becomes of this shell, and 'resume' watches again. A backup \
    cannot be cancelled. It lives in the memory of the leading meta server: when another one takes over, it is lost, and \
    that is said here.
    """
  static let parameters: [Parameter<Self>] =
    [
      .argument(
        \.word, "table", help: "the table's id or name; the chosen one when left out", completion: .table),
      .argument(\.providerWord, "provider", help: "the storage, as the servers call it", completion: .provider),
      .argument(\.pathWord, "path", help: "a directory of the storage for it"),
      .option(\.table, "-a", "--app_name", value: "str", help: "the table's id or name", completion: .table),
      .option(
        \.provider, "-b", "--backup_provider_type", value: "str", help: "the storage, as the servers call it",
        completion: .provider),
      .option(\.path, "-r", "--backup_path", value: "str", help: "a directory of the storage for it"),
      .flag(\.doesNotWait, "--no_wait", help: "only begin it, as the old tool did"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let usageOverride: String? = "<table_id|app_name> <provider> [path] [--no_wait] [-j|--json]"
  static let examples = [
    CommandExample("backup 4 hdfs_x /user/pegasus/backup", "table 4, with a directory of the storage"),
    CommandExample("backup -a users -b hdfs_x -r /user/pegasus/backup", "the same by name"),
    CommandExample("backup users local_service --no_wait", "begin it and go on"),
  ]

  var word: String?
  var providerWord: String?
  var pathWord: String?
  var table: String?
  var provider: String?
  var path: String?
  var doesNotWait = false
  var isJSON = false
  var job = JobOptions()

  /// Words fill what the options leave open, in their order.
  private var choice: (table: String?, provider: String?, path: String?, rest: Int) {
    var words = [word, providerWord, pathWord].compactMap { $0 }[...]
    let table = table ?? words.popFirst()
    let provider = provider ?? words.popFirst()
    return (table, provider, path ?? words.popFirst(), words.count)
  }

  func validate() throws(UsageError) {
    if choice.rest > 0 { throw UsageError("a word is left over", kind: .unexpectedArgument) }
    guard let provider = choice.provider, !provider.isEmpty else {
      throw UsageError("backup_provider_type should not be empty", kind: .missingParameter)
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let choice = choice
    let table = try await TableChoice.find(choice.table, in: session)
    let provider = choice.provider ?? ""
    let path = choice.path.flatMap { $0.isEmpty ? nil : $0 }
    let cluster = try session.cluster()
    let plan = BackupPlan(
      table: try await TableIdentity(of: cluster.table(table.appName), in: try session.here()), provider: provider,
      path: path, coldRoot: await ColdBackupRoot.ask(cluster))
    if let running = try await present(plan, cluster).first(where: \.isRunning) {
      throw ShellError(
        "backup \(running.backupId) of table '\(table.appName)' is still running",
        advice: "'query_backup_status \(table.appId) \(running.backupId) --wait' waits for it")
    }
    try await session.requireConfirmation(
      "Back table '\(table.appName)' of cluster '\(session.clusterName)' up to '\(provider)'?", effect: Self.effect)
    if doesNotWait, !session.launchesInBackground { return try await begin(plan, in: session) }
    try await session.launch(plan, line: session.commandLine, job, asJSON: isJSON)
  }

  @LoopActor
  private func present(_ plan: BackupPlan, _ cluster: ClusterClient) async throws -> [BackupItem] {
    do throws(ClientError) {
      return try await cluster.backups(ofTable: plan.table.appID)
    } catch {
      throw BackupRefusal.explained(error, plan)
    }
  }

  @LoopActor
  private func begin(_ plan: BackupPlan, in session: Session) async throws {
    let started: ClusterClient.StartedBackup
    do {
      started = try await session.cluster().startBackup(
        tableID: plan.table.appID, provider: plan.provider, path: plan.path)
    } catch let error as ClientError {
      throw BackupRefusal.explained(error, plan)
    }
    if isJSON || session.output.isJSON {
      return session.output.json(["backup_id": .integer(started.id), "hint": .string(started.hint)])
    }
    if !started.hint.isEmpty { session.output.line("[hint]: \(started.hint)") }
    session.output.line("BackupID: \(started.id)")
  }
}

extension Session {
  /// Begins or watches a backup.
  func launch(_ plan: BackupPlan, line: String, _ options: JobOptions, asJSON: Bool) async throws {
    try await launch(
      JobPlan(
        version: BackupPlan.version, kind: BackupTable.name, title: plan.title, commandLine: line,
        parameters: plan.parameters,
        steps: plan.backupID == nil ? [BackupWork.start, BackupWork.wait] : [BackupWork.wait]),
      options, asJSON: asJSON)
  }
}

extension BackupItem {
  var isRunning: Bool { !isBackupFailed && endTimeMs == 0 }

  /// As the old tool says it.
  var statusText: String { isBackupFailed ? "failed" : endTimeMs == 0 ? "in progress" : "completed" }
}

/// The first part of the path of a cluster's backups.
@LoopActor
enum ColdBackupRoot {
  /// What a replica server has been configured with; nil when none tells.
  static func ask(_ cluster: ClusterClient) async -> String? {
    guard let nodes = try? await cluster.listNodes(status: .alive) else { return nil }
    for node in nodes.prefix(3) {
      if let root = try? await cluster.serverSetting("cold_backup_root", of: node.address, timeout: .seconds(3)) {
        return root.isEmpty ? nil : root
      }
    }
    return nil
  }
}
