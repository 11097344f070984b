import Backups
import CommandLineKit
import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient

/// `migrate_by_backup`: the current table into another cluster, by a backup and a restore.
struct MigrateByBackup: JobCommand {
  static let name = "migrate_by_backup"
  static let summary = "migrate the current table into another cluster by a backup that is restored there"
  static let group = "Playbooks"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    One job does what takes a dozen commands by hand: it looks whether anything stands in the way, limits the servers' \
    traffic when that is asked for, backs the table up, waits, looks whether the backup is whole, restores it in the target \
    cluster under the new name, sets the variables there that a backup drops, sets the limits back, and compares both tables \
    row by row. The new table has the partition count of the old one; 'migrate_by_bulk_load' is the way to another.

    --dry_run shows both sides, what was found, every act and how it is taken back, and does nothing. When an act fails the \
    job ends, says what to do, and 'resume' goes on with that act; what is done is not done again. 'undo' takes back what \
    was done: the new table, the backup, the limits.

    Rows that are written to the source after the backup has begun are not in the new table. With --ingest_behind they are: \
    a restore makes a table of its own, so that way goes through files and a bulk load, with the same partition count; \
    'help migrate_by_bulk_load' tells more. Both clusters need a section \
    [block_service.<provider>] for the same storage; with one in the configuration of this shell the backup is looked at \
    before it is restored. Pegasus 2.3 to 2.6.
    """
  static let parameters: [Parameter<Self>] =
    MigrationTarget.parameters.nested(in: \.target) + MigrationOptions.parameters.nested(in: \.options)
    + PlaybookOptions.parameters.nested(in: \.playbook)
  static let examples = [
    CommandExample(
      "migrate_by_backup -c ClusterB -b hdfs_x --dry_run", "what would be done, and what stands in the way"),
    CommandExample(
      "migrate_by_backup -c ClusterB -b hdfs_x -r /user/pegasus/backup", "the current table, under its name"),
    CommandExample(
      "migrate_by_backup -c ClusterB -a users_new -b hdfs_x --max_upload_mb 50 &", "gently, in the background"),
  ]

  var target = MigrationTarget()
  var options = MigrationOptions()
  var playbook = PlaybookOptions()

  func validate() throws(UsageError) {
    try target.validate()
    try options.validate()
  }

  @LoopActor
  func run(in session: Session) async throws {
    let plan = try await options.plan(to: target, in: session)
    if options.isBehind {
      var behind = try await BulkLoadMigrationOptions().plan(plan, partitions: nil, in: session)
      behind.isBehind = true
      behind.dualWritesAreOn = options.dualWritesAreOn
      return try await session.launch(behind, playbook)
    }
    try await session.launch(
      .migrateByBackup, plan.json,
      question:
        "Migrate table '\(plan.source.table)' of \(plan.source.cluster) into \(plan.target.name) as '\(plan.table)'?",
      changing: target.cluster, playbook)
  }
}
