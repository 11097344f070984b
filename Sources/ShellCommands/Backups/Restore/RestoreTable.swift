import PegasusProtocol
import JSON
import CommandLineKit
import EventLoop
import Jobs
import PegasusClient

/// `restore`: a table of a backup as a new table.
struct RestoreTable: JobCommand {
  static let name = "restore"
  static let summary = "make a new table of one that was backed up, and wait until it is there"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let discussion = """
    The new table has the partition count of the old one; 'offline_split' and 'start_bulk_load' are the way to another. The \
    old table and its cluster need not exist any more. Without -t and -i the newest finished backup of the table is taken, \
    when the configuration of this shell has the storage.

    -c is a directory of the storage: the source's cold_backup_root, often but not always the name of its cluster. 'backup' \
    and 'ls_backups' show what to type. When the configuration of this shell has the storage too ([block_service.<name>]), \
    the backup is looked at before anything is begun: whether it is whole, and whether name and id are its own, because a \
    meta server ends its process over some that contradict themselves.

    It is a job that watches: the servers work on whatever becomes of this shell, and 'resume' watches again. A restore \
    cannot be paused or cancelled; 'drop' gives the new table up. When data turns out to be damaged the servers drop the \
    new table themselves, unless -s was given: then such partitions are empty, and named.
    """
  static let parameters: [Parameter<Self>] =
    RestoreOptions.parameters.nested(in: \.options) + [
      .flag(\.doesNotWait, "--no_wait", help: "only begin it"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample(
      "restore -c ClusterA -a single -i 4 -t 1742888751127 -b hdfs_x -r /user/pegasus/backup", "under its old name"),
    CommandExample("restore -c ClusterA -a single -b hdfs_x -r /user/pegasus/backup", "from the newest backup there"),
    CommandExample(
      "restore -c ClusterA -a single -i 4 -t 1742888751127 -b hdfs_x -n single_old &", "beside it, in the background"),
  ]

  var options = RestoreOptions()
  var doesNotWait = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) { try options.validate() }

  @LoopActor
  func run(in session: Session) async throws {
    let plan = try await RestoreBegin(session: session, options: options).prepare()
    if doesNotWait, !session.launchesInBackground { return try await session.beginRestore(plan, asJSON: isJSON) }
    try await session.launch(plan, job, asJSON: isJSON)
  }
}

extension Session {
  /// Begins or watches a restore.
  func launch(_ plan: RestorePlan, _ options: JobOptions, asJSON: Bool) async throws {
    let steps = [RestoreWork.wait, RestoreWork.settle]
    try await launch(
      JobPlan(
        version: RestorePlan.version, kind: RestoreTable.name, title: plan.title, commandLine: commandLine,
        parameters: plan.parameters, steps: plan.appID == nil ? [RestoreWork.start] + steps : steps),
      options, asJSON: asJSON)
  }

  /// Begins a restore and leaves it to the servers.
  func beginRestore(_ plan: RestorePlan, asJSON: Bool) async throws {
    let id: Int32
    do {
      id = try await cluster().startRestore(plan.request)
    } catch let error as ClientError {
      throw RestoreFailure.explained(error, plan)
    }
    if asJSON || output.isJSON {
      return output.json(["app_id": .int(id), "app_name": .string(plan.table)])
    }
    output.line("\tnew app_id = \(id)")
    output.note("'query_restore_status \(id)' shows how far it is")
  }
}
