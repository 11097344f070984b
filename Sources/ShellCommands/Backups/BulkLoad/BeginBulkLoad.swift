import CommandLineKit
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// `start_bulk_load`
struct BeginBulkLoad: JobCommand {
  static let name = "start_bulk_load"
  static let aliases = ["bulk-load start"]
  static let summary = "have the servers load files into a table that were made for it"
  static let group = "Bulk load"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    The files are those of 'offline_split' or pegasus-spark: <root>/<cluster>/<table>/… on a storage of the servers. All \
    replicas download them, then hand them to their storage engines; meanwhile clients cannot write for a moment. Rows that \
    are in the files replace those in the table; with --ingest_behind rows of the table win, which needs a table with \
    rocksdb.allow_ingest_behind=true (Pegasus 2.4 and later).

    When the configuration of this shell has the storage too, the files are looked at first: whether they were made for \
    this table id and partition count, and are all there; --md5 also reads them.

    It returns when the servers have begun; --wait shows how far they are until they end, as a job that 'resume' can watch \
    again, and then sets the meta level back: the servers set it to steady and leave it so.
    """
  static let parameters: [Parameter<Self>] =
    [
      .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table),
      .option(
        \.cluster, "-c", "--cluster_name", value: "str", help: "the directory below the root; any name",
        isRequired: true, completion: .cluster),
      .option(
        \.provider, "-p", "--file_provider_type", value: "str", help: "the storage, as the servers call it",
        isRequired: true, completion: .provider),
      .option(\.root, "-r", "--root_path", value: "str", help: "the directory of the storage", isRequired: true),
      .flag(\.ingestsBehind, "-i", "--ingest_behind", help: "rows that the table has win over those of the files"),
      .flag(\.waits, "-w", "--wait", help: "wait until the servers end, and show how far they are"),
      .flag(\.readsFiles, "--md5", help: "read the files first and compare their MD5s"),
      .flag(\.skipsCheck, "--no_check", help: "do not look at the files first"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample(
      "start_bulk_load -a users -c ClusterB -p hdfs_x -r /user/pegasus/bulk", "begin, as the old shell does"),
    CommandExample("start_bulk_load -a users -c ClusterB -p hdfs_x -r bulk --wait", "until it has ended"),
    CommandExample(
      "start_bulk_load -a users -c ClusterB -p hdfs_x -r bulk --ingest_behind --wait", "behind dual writes"),
  ]

  var table = ""
  var cluster = ""
  var provider = ""
  var root = ""
  var ingestsBehind = false
  var waits = false
  var readsFiles = false
  var skipsCheck = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    for (name, value) in [
      ("app_name", table), ("cluster_name", cluster), ("provider_type", provider), ("root_path", root),
    ]
    where value.isEmpty {
      throw UsageError("\(name) should not be empty", kind: .missingParameter)
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let client = try session.cluster()
    let request = StartBulkLoadRequest(
      appName: table, clusterName: cluster, fileProviderType: provider, remoteRootPath: root,
      ingestBehind: ingestsBehind)
    guard let info = try await client.tableInfo(table) else {
      try await session.requireTable(table)
      throw ShellError("start bulk load failed, error=ERR_APP_NOT_EXIST")
    }
    let check = BulkLoadCheck(session: session, request: request)
    try check.table(info, try await client.bulkLoadStatus(table: table))
    if !skipsCheck { try await check.files(for: info, readsFiles: readsFiles) }
    try await session.requireConfirmation(
      "Load files into table '\(table)' of cluster '\(session.clusterName)'?", effect: Self.effect)
    let level = try await client.controlMeta()
    if waits || session.launchesInBackground {
      let plan = BulkLoadPlan(
        table: try await TableIdentity(of: client.table(table), in: try session.here()), request: request,
        metaLevel: level)
      return try await session.launch(plan, job, asJSON: isJSON)
    }
    do throws(ClientError) {
      try await client.startBulkLoad(request)
    } catch {
      throw BulkLoadRefusal.explained(error, request)
    }
    if isJSON || session.output.isJSON {
      session.output.json([
        "app_name": .string(table), "result": "start bulk load succeed", "old_meta_level": .string(level.name),
      ])
    } else {
      session.output.line("start bulk load succeed")
    }
    if level != .steady {
      session.output.note(
        "the meta level is fl_steady now and stays so; it was \(level.name): 'set_meta_level' after the load")
    }
  }
}

extension Session {
  /// Begins or watches a bulk load.
  func launch(_ plan: BulkLoadPlan, _ options: JobOptions, asJSON: Bool) async throws {
    var steps = [BulkLoadWork.load]
    if plan.request != nil { steps = [BulkLoadWork.start] + steps }
    if plan.metaLevel != nil { steps.append(BulkLoadWork.level) }
    try await launch(
      JobPlan(
        version: BulkLoadPlan.version, kind: BeginBulkLoad.name, title: plan.title, commandLine: commandLine,
        parameters: plan.parameters, steps: steps), options, asJSON: asJSON)
  }
}
