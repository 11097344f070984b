import CommandLineKit
import EventLoop
import JSON
import Jobs

/// `migrate_by_bulk_load`: the current table into another cluster and any partition count, by files made of a backup.
struct MigrateByBulkLoad: JobCommand {
  static let name = "migrate_by_bulk_load"
  static let summary = "migrate the current table into another cluster and partition count by a bulk load"
  static let group = "Playbooks"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    One job: it looks whether anything stands in the way, creates the new table with the variables of the old one, tunes it \
    for the load, backs the old one up, makes files of the backup for the new partition count, has the servers load them, \
    compacts, tunes the table for every day, and compares both tables row by row. --dry_run shows every act and how it is \
    taken back; a resume goes on with the act that failed, 'undo' takes back what was done.

    Without --ingest_behind rows that are written to the old table after the backup has begun are not in the new one.

    With it nothing is lost while the application writes on: the new table is made so that the files go under what is \
    written meanwhile. The job waits until somebody has switched the application's writes to both tables on and says so \
    with 'resume'; in a script it ends with status 4 there, and 'resume' goes on; --dual_write_is_on says that they are on \
    already, from before the backup. What the application sets or deletes then wins over the backup. Until the load has \
    ended the new table must not be read, and incr and check_and_* see none of the old rows there. Files that have gone \
    behind cannot be loaded a second time: after ERR_INGESTION_FAILED 'undo', and begin anew. Pegasus 2.4 and later.

    Both clusters and this shell need a section [block_service.<provider>] for the same storage.
    """
  static let parameters: [Parameter<Self>] =
    MigrationTarget.parameters.nested(in: \.target) + [
      .option(
        \.partitions, "-p", "--partition_count", value: "num",
        help: "partitions of the new table; as many as the old one has when left out")
    ] + MigrationOptions.parameters.nested(in: \.options) + BulkLoadMigrationOptions.parameters.nested(in: \.load)
    + PlaybookOptions.parameters.nested(in: \.playbook)
  static let examples = [
    CommandExample(
      "migrate_by_bulk_load -c ClusterB -p 64 -b hdfs_x --dry_run", "what would be done, and what stands in the way"),
    CommandExample("migrate_by_bulk_load -c ClusterB -p 64 -b hdfs_x -r /user/pegasus", "into 64 partitions"),
    CommandExample(
      "migrate_by_bulk_load -c ClusterB -p 64 -b hdfs_x --ingest_behind", "while the application writes to both tables"),
  ]

  var target = MigrationTarget()
  var partitions: Int32?
  var options = MigrationOptions()
  var load = BulkLoadMigrationOptions()
  var playbook = PlaybookOptions()

  func validate() throws(UsageError) {
    try target.validate()
    try options.validate()
    try load.validate()
    if let partitions, !(1...65536).contains(partitions) {
      throw UsageError("partition_count: 1 to 65536 is expected", kind: .invalidValue)
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    var plan = try await load.plan(try await options.plan(to: target, in: session), partitions: partitions, in: session)
    plan.isBehind = options.isBehind
    plan.dualWritesAreOn = options.dualWritesAreOn
    try await session.launch(plan, playbook)
  }
}

extension Session {
  /// Looks at everything, then migrates a table by a bulk load; or only shows it.
  func launch(_ plan: BulkLoadMigration, _ options: PlaybookOptions) async throws {
    let base = plan.base
    try await launch(
      .migrateByBulkLoad, plan.json,
      question:
        "Migrate table '\(base.source.table)' of \(base.source.cluster) into \(base.target.name) as '\(base.table)', "
        + "\(plan.partitionCount) partitions?", changing: base.target.name, options)
  }
}
