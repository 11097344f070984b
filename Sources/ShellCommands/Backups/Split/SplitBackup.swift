import PegasusProtocol
import JSON
import BackupLayout
import Backups
import CommandLineKit
import Configuration
import EventLoop
import Jobs

/// `offline_split`: files for a bulk load, made of a cold backup.
struct SplitBackup: JobCommand {
  static let name = "offline_split"
  static let summary = "make files for a bulk load, for any partition count, of a table's cold backup"
  static let group = "Bulk load"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    What pegasus-spark does, without Spark, and without its losses: rows keep their time to live and their time tag, no row \
    is dropped, empty partitions are filled, the backup's MD5s are compared, and both layouts of backups are read (servers \
    2.0 to 2.6). Memory is bounded whatever the size.

    The table to load must exist, because the files carry its id and partition count: --to_cluster and --to_table name it; \
    or give --to_table_id and --partition_count, and no cluster is asked. The files go to <to_root>/<to_cluster>/<to_table> \
    of the storage, the document that servers begin with last.

    A backup on a local_service is read where it is. Anything else is fetched into the work directory first, which then \
    needs room for it. The end says what became of every row: read = written + expired + misplaced + markers + malformed; \
    misplaced are what a partition split of the servers has left behind, markers their own rows.

    It is a job: 'resume' does what is not done yet. --clean removes the files and the work directory.
    """
  static let parameters: [Parameter<Self>] =
    BackupChoice.parameters.nested(in: \.choice) + SplitTargetOptions.parameters.nested(in: \.target) + [
      .option(
        \.workDirectory, "--work_directory", value: "dir", help: "for what is needed only meanwhile",
        completion: .directory),
      .option(
        \.parallel, "--parallel", value: "num", help: "threads; some more than the machine has cores when left out"),
      .option(\.fileMegabytes, "--file_megabytes", value: "num", help: "size of one file"),
      .flag(\.keepsExpired, "--keep_expired", help: "also write rows whose time is over"),
      .flag(\.skipsFiles, "--no_md5", help: "do not compare the MD5s of the backup's files"),
      .flag(\.cleans, "--clean", help: "remove what was made, and do nothing else"),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample(
      "offline_split -b hdfs_x -r /user/pegasus/backup -a users --to_cluster ClusterB --to_root /user/pegasus/bulk",
      "the newest backup of users, for the table users of ClusterB"),
    CommandExample(
      "offline_split -b local_service -a users --to_cluster ClusterB --to_table_id 9 --partition_count 64 --to_root bulk",
      "for a table that cannot be asked now"),
    CommandExample(
      "offline_split -b local_service -a users --to_cluster ClusterB --to_root bulk --clean", "after the load"),
  ]

  var choice = BackupChoice()
  var target = SplitTargetOptions()
  var workDirectory: String?
  var parallel: Int?
  var fileMegabytes = 64
  var keepsExpired = false
  var skipsFiles = false
  var cleans = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    try target.validate()
    if choice.table == nil, choice.tableID == nil {
      throw UsageError("which table of the backup? -a or -i names it", kind: .missingParameter)
    }
    if let parallel, !(1...256).contains(parallel) {
      throw UsageError("parallel: 1 to 256 is expected", kind: .invalidValue)
    }
    if !(1...65536).contains(fileMegabytes) {
      throw UsageError("file_megabytes: 1 to 65536 is expected", kind: .invalidValue)
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let source = try session.storage(choice.provider)
    let storage = try target.provider.map { name throws(ShellError) in try session.storage(name) } ?? source
    if cleans { return try await clean(storage, in: session) }
    let (location, table) = try await BackupSearch(choice: choice, service: source, note: { session.output.info($0) })
      .newestTable()
    let name = target.table ?? table.name
    let loaded = try await SplitTable(target, named: name, in: session)
    var options = SplitOptions(
      tree: target.tree(of: name), tableID: loaded.id, tableName: name, partitionCount: loaded.partitionCount,
      workDirectory: directory(of: storage, name, in: session))
    options.dataVersion = loaded.dataVersion
    if let parallel { options.workers = parallel }
    options.fileBytes = fileMegabytes << 20
    options.dropsExpired = !keepsExpired
    options.verifiesSource = !skipsFiles
    let plan = SplitJobPlan(
      source: SplitJobPlan.Storage(source), location: location, tableID: table.id, tableName: table.name,
      target: SplitJobPlan.Storage(storage), root: target.root, cluster: target.cluster, options: options,
      loaded: loaded.identity)
    session.output.info(
      "backup \(location.id) of table '\(table.name)' (id \(table.id)): "
        + "\(table.metadata.map { "\($0.partitionCount)" } ?? "?") partitions, in \(location.root)")
    session.output.info(
      "files for table '\(name)' (id \(loaded.id)): \(loaded.partitionCount) partitions, data version "
        + "\(loaded.dataVersion.rawValue), in \(options.tree.table) of \(storage.summary)")
    try await session.launch(
      JobPlan(
        version: SplitJobPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: SplitWork.steps), job, asJSON: isJSON)
  }

  /// The same for the same target, so that another try finds what is there.
  @LoopActor
  private func directory(of storage: any BlockService, _ name: String, in session: Session) -> String {
    if let workDirectory { return Path.absolute(workDirectory) }
    return session.splitDirectory(of: target.tree(of: name), on: storage)
  }

  @LoopActor
  private func clean(_ storage: any BlockService, in session: Session) async throws {
    guard let name = target.table ?? choice.table else {
      throw ShellError("which files? --to_table names the table", status: .usage)
    }
    let tree = target.tree(of: name)
    try await session.requireNoOtherSplit(into: tree, of: storage)
    try await session.requireConfirmation(
      "Remove \(tree.table) of \(storage.summary) with all files in it?", effect: .destroys,
      on: try? session.find(target.cluster), typed: name)
    do {
      try await OfflineSplit.clean(tree, on: storage, workDirectory: directory(of: storage, name, in: session))
    } catch {
      throw ShellError(error)
    }
    session.tell("removed \(tree.table)", ["removed": .string(tree.table), "provider": .string(storage.name)])
  }
}

extension Session {
  /// Where this machine keeps what is needed only while files are made.
  func splitDirectory(of tree: BulkLoadTree, on storage: any BlockService) -> String {
    Path.join(
      jobsDirectory ?? directories.state, "split/\(storage.name)_\(tree.table.replacing("/", with: "_"))")
  }

  /// Refuses to touch files that a split makes now, in this or another shell: they would be a mixture of both.
  ///
  /// - Throws: `ShellError` with status `refused` that names the job
  func requireNoOtherSplit(into tree: BulkLoadTree, of storage: any BlockService) async throws {
    for job in try await jobs.list() where job.isAtWork && job.plan.kind == SplitBackup.name {
      guard let plan = try? SplitJobPlan(job.plan.parameters), plan.options.tree == tree,
        plan.target == SplitJobPlan.Storage(storage)
      else { continue }
      throw ShellError(
        "job \(job.id) makes the files in \(tree.table) now",
        advice: "'attach \(job.id)' shows it, 'stop \(job.id)' ends it",
        status: .refused)
    }
  }
}
