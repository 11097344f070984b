import CommandLineKit
import Configuration
import Copying
import EventLoop
import Jobs
import PegasusClient

/// `copy_data`: copies the current table into another one, row by row, with every row accounted for.
struct CopyData: JobCommand {
  static let name = "copy_data"
  static let summary = "copy the rows of the current table into a table of this or another cluster"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    Reads every partition of the current table and writes its rows into the target table, which must exist; its partition \
    count may be another one. Rows keep their time to live exactly. Rows that a busy, moved or restarted server did not \
    take are tried again; the copy ends with an error when any row was not written.

    The summary says what became of every row read: copied, filtered (left out by a filter that is decided here), expired \
    (its time was over before it was written), existing (with --no_overwrite) or failed.

    Before the first write both sides are looked at; --dry_run shows what is found. What cannot end well is refused. Rows \
    on the target that would be overwritten, and an empty source beside a full target, are asked about; a script needs \
    --yes then. With --partition or filters, only rows that belong to this part count; with --no_overwrite none do.

    --write_mode says how rows travel; every mode overwrites what the target has and keeps each row's time to live. put: a \
    request for each row. multi_set: a request for neighbours with the same hash key and the same expiry. duplicate: a \
    request for hundreds of rows, as from a cluster that duplicates its writes; the fastest. It needs servers of 2.4 or \
    later, both clusters in [duplication-group] of the configuration and of the target's servers, and a target table that is \
    not itself duplicated; all this is asked first, and nothing is tried out. auto takes duplicate where the target allows \
    it, else multi_set, and says which and why. More in docs/write-modes.md.

    A copy is a job: it is journaled as it goes, and after Ctrl-C, a crash or a power cut 'resume', or the same line with \
    --resume, goes on from where it came to. While it is shown, ? lists the keys that pause it, change its rate or put it \
    into the background; a line that ends in & runs in the background from the beginning.

    With --verify both tables are compared after a complete copy, with the same partitions and filters; the exit status is \
    then that of verify_data: 0 same, 1 different, 2 could not tell.
    """
  static let parameters: [Parameter<Self>] =
    [
      .option(
        \.cluster, "-c", "--target_cluster_name", value: "str",
        help: "the target cluster, as the configuration names it",
        isRequired: true, completion: .cluster),
      .option(
        \.table, "-a", "--target_app_name", value: "str", help: "the target table", isRequired: true, completion: .table
      ),
    ] + TableScope.parameters.nested(in: \.scope) + RowFilterOptions.parameters.nested(in: \.filters) + [
      .option(
        \.writeMode, "--write_mode", value: "mode",
        help: "how rows travel: put, multi_set, duplicate or auto; put when left out"),
      .option(
        \.multiSetConcurrency, "-m", "--max_multi_set_concurrency", value: "num",
        help: "with multi_set: requests under way for one partition"),
      .option(
        \.scanBatchSize, "-o", "--scan_option_batch_size", value: "num",
        help: "rows in one reply of the source; as many as fit in 64 KB when left out"),
      .flag(\.dropsTTL, "-e", "--no_ttl", help: "copied rows never expire"),
      .flag(\.keepsExisting, "-n", "--no_overwrite", help: "leave rows alone that the target has already"),
      .flag(\.dropsValues, "-i", "--no_value", help: "write the rows with empty values"),
      .flag(\.fillsGeo, "-g", "--geo_data", help: "also fill the geo table, <target>_geo"),
      .flag(
        \.usesMultiSet, "-u", "--use_multi_set",
        help: "the same as --write_mode multi_set"),
      .option(
        \.maxRows, "--max_rows_per_second", value: "num",
        help: "write no more rows in a second, all partitions together"
      ),
      .option(
        \.maxMegabytes, "--max_mb_per_second", value: "num",
        help: "write no more megabytes of keys and values in a second, all partitions together"),
      .option(
        \.maxTargetLatency, "--max_target_latency_ms", value: "num",
        help: "slow down while one write in a hundred takes longer than this, or the target asks for time"),
      .flag(\.isDryRun, "--dry_run", help: "show both sides and what would be done; write nothing"),
      .flag(\.resumes, "--resume", help: "go on with the last copy of these tables that was not finished"),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ] + CopyVerifyOptions.parameters.nested(in: \.verify) + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("copy_data -c ClusterB -a users --dry_run", "what would happen, and what stands in the way"),
    CommandExample("copy_data -c ClusterB -a users", "copy the current table into the table users of ClusterB"),
    CommandExample("copy_data -c ClusterB -a users -u", "the same with fewer, larger requests"),
    CommandExample("copy_data -c ClusterB -a users --write_mode auto", "the same in the fastest way the target allows"),
    CommandExample("copy_data -c ClusterB -a users &", "the same in the background: 'jobs' shows it"),
    CommandExample(
      "copy_data -c ClusterB -a users --verify --verify_report users.ndjson", "copy, and compare afterwards"),
    CommandExample("copy_data -c ClusterB -a users --resume", "go on after an interruption"),
    CommandExample("copy_data -c ClusterB -a users --max_rows_per_second 5000", "the same without hurting the target"),
    CommandExample(
      "copy_data -c ClusterB -a users -n -s prefix -y order:", "add the rows whose sort keys begin with order:"),
  ]

  var cluster = ""
  var table = ""
  var scope = TableScope()
  var filters = RowFilterOptions()
  var writeMode: WriteModeWord?
  var multiSetConcurrency = 20
  var scanBatchSize: Int32?
  var dropsTTL = false
  var keepsExisting = false
  var dropsValues = false
  var fillsGeo = false
  var usesMultiSet = false
  var maxRows: Double?
  var maxMegabytes: Double?
  var maxTargetLatency: Int32?
  var isDryRun = false
  var resumes = false
  var isJSON = false
  var verify = CopyVerifyOptions()
  var job = JobOptions()

  func validate() throws(UsageError) {
    try scope.validate()
    try filters.validate()
    try verify.validate()
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .conflict) }
    if scope.maxBatchCount < 2 { try refuse("max_batch_count should be greater than 1") }
    if multiSetConcurrency < 1 { try refuse("max_multi_set_concurrency should be greater than 0") }
    if let scanBatchSize, scanBatchSize < 1 { try refuse("scan_option_batch_size should be greater than 0") }
    if maxRows.map({ $0 <= 0 }) == true || maxMegabytes.map({ $0 <= 0 }) == true {
      try refuse("a rate limit should be greater than 0")
    }
    if maxTargetLatency.map({ $0 <= 0 }) == true { try refuse("max_target_latency_ms should be greater than 0") }
    try checkWriteMode()
    if usesMultiSet && keepsExisting { try refuse("copy with multi_set not support no_overwrite!") }
    if fillsGeo && usesMultiSet { try refuse("--geo_data writes row by row: leave --use_multi_set out") }
    if fillsGeo && keepsExisting { try refuse("--geo_data overwrites rows: leave --no_overwrite out") }
    if fillsGeo && dropsValues { try refuse("without values there are no places: leave --geo_data or --no_value out") }
    if dropsValues && verify.isWanted {
      try refuse("without values the tables differ: leave --verify or --no_value out")
    }
    if dropsValues && filters.valueMatch != nil {
      try refuse("no_value should not be set when value_filter_type is set")
    }
  }

  private func checkWriteMode() throws(UsageError) {
    guard writeMode != nil else { return }
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .conflict) }
    if usesMultiSet { try refuse("--use_multi_set is a write mode: leave it or --write_mode out") }
    if keepsExisting { try refuse("--no_overwrite checks row by row: leave it or --write_mode out") }
    if fillsGeo { try refuse("--geo_data writes row by row: leave it or --write_mode out") }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let source = try session.table()
    let target = try await session.cluster(named: cluster).table(table)
    var options = copyOptions(in: session)
    echo(options, in: session)
    if let writeMode {
      let choice = try await writeMode.choose(
        from: source, to: target, group: session.configuration.duplicationGroup, options)
      options = choice.options
      session.output.info(choice.message)
    }
    let gate = try CopyPreflightGate(
      source: source, target: target, named: cluster, geoTable: fillsGeo ? table + "_geo" : nil, options: options,
      in: session)
    let ends = try CopyEnds(source: source, target: target, named: cluster, in: session)
    if isDryRun {
      return try await gate.rehearse(in: session, asJSON: isJSON) {
        try await transferPlan(ends, options, in: session).writes
      }
    }
    if resumes { return try await goOn(ends, options, rate: rate, in: session) }
    await Self.mentionUnfinished(ends, in: session)
    let report = try await gate.pass(in: session)
    let plan = try await transferPlan(ends, options, in: session)
    // What must not be begun is refused before there is a job.
    let partitions = try await CopyRun(source: source, target: target, options: options).prepare()
    session.output.info("prepare scanners succeed, split_count = \(partitions.count)")
    try await session.launch(
      JobPlan(
        version: TransferPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: steps),
      job, rate: rate, asJSON: isJSON, remarks: PreflightDocument(report).warnings)
  }

  private var steps: [StepPlan] {
    let copy = StepPlan(name: TransferWork.step, title: "Copy the rows")
    return verify.isWanted ? [copy, StepPlan(name: VerifyStep.name, title: "Compare the tables")] : [copy]
  }

  private var rate: JobRate? {
    guard maxRows != nil || maxMegabytes != nil else { return nil }
    return JobRate(unitsPerSecond: maxRows, bytesPerSecond: maxMegabytes.map { $0 * 1_048_576 })
  }

  @LoopActor
  private func transferPlan(
    _ ends: CopyEnds, _ options: CopyOptions, in session: Session
  ) async throws -> TransferPlan {
    var plan = TransferPlan(
      source: try await TableIdentity(of: ends.source, in: ends.here),
      target: try await TableIdentity(of: ends.target, in: ends.there), options: options)
    plan.verify = verify.step(after: options)
    if fillsGeo {
      plan.geo = TransferPlan.Geo(
        table: try await TableIdentity(of: ends.target.cluster.table(table + "_geo"), in: ends.there),
        configuration: try TransferTables.geoConfiguration(of: session))
    }
    return plan
  }

  @LoopActor
  private func copyOptions(in session: Session) -> CopyOptions {
    var options = scope.options(filters, in: session)
    options.mode = fillsGeo ? .geo : keepsExisting ? .putIfAbsent : usesMultiSet ? .multiSet : .put
    options.maxMultiSetConcurrency = multiSetConcurrency
    options.scanBatchSize = scanBatchSize
    options.dropsValues = dropsValues
    options.dropsExpiry = dropsTTL
    options.maxTargetLatency = maxTargetLatency.map { .milliseconds(Int64($0)) }
    options.maxRowsPerSecond = maxRows
    options.maxBytesPerSecond = maxMegabytes.map { $0 * 1_048_576 }
    return options
  }

  @LoopActor
  private func echo(_ options: CopyOptions, in session: Session) {
    let output = session.output
    output.info("source_cluster_name = \(session.clusterName)")
    output.info("source_app_name = \(session.tableName ?? "")")
    output.info("target_cluster_name = \(cluster)")
    output.info("target_app_name = \(table)")
    if fillsGeo { output.info("target_geo_app_name = \(table)_geo") }
    if usesMultiSet {
      output.info("copy use asyncer_multi_set, max_multi_set_concurrency = \(multiSetConcurrency)")
    }
    scope.echo(options, filters, in: session)
    output.info("no_overwrite = \(keepsExisting)")
    output.info("no_value = \(dropsValues)")
    output.info("no_ttl = \(dropsTTL)")
    if let maxRows { output.info("max_rows_per_second = \(maxRows)") }
    if let maxMegabytes { output.info("max_mb_per_second = \(maxMegabytes)") }
    if let maxTargetLatency { output.info("max_target_latency_ms = \(maxTargetLatency)") }
  }
}
