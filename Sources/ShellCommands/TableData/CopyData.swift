import CommandLineKit
import Configuration
import Copying
import EventLoop
import Geo
import PegasusClient

/// `copy_data`: copies the current table into another one, row by row, with every row accounted for.
struct CopyData: ShellCommand {
  static let name = "copy_data"
  static let summary = "copy the rows of the current table into a table of this or another cluster"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let discussion = """
    Reads every partition of the current table and writes its rows into the target table, which must exist; its partition \
    count may be another one. Rows keep their time to live exactly. Rows that a busy, moved or restarted server did not \
    take are tried again; the copy ends with an error when any row was not written.

    The summary says what became of every row read: copied, filtered (left out by a filter that is decided here), expired \
    (its time was over before it was written), existing (with --no_overwrite) or failed.

    Before the first write both sides are looked at; --dry_run shows what is found. What cannot end well is refused. Rows \
    on the target that would be overwritten, and an empty source beside a full target, are asked about; a script needs \
    --yes then. With --partition or filters, only rows that belong to this part count; with --no_overwrite none do.
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
        \.multiSetConcurrency, "-m", "--max_multi_set_concurrency", value: "num",
        help: "with -u: requests under way for one partition"),
      .option(
        \.scanBatchSize, "-o", "--scan_option_batch_size", value: "num", help: "rows in one reply of the source"),
      .flag(\.dropsTTL, "-e", "--no_ttl", help: "copied rows never expire"),
      .flag(\.keepsExisting, "-n", "--no_overwrite", help: "leave rows alone that the target has already"),
      .flag(\.dropsValues, "-i", "--no_value", help: "write the rows with empty values"),
      .flag(\.fillsGeo, "-g", "--geo_data", help: "also fill the geo table, <target>_geo"),
      .flag(
        \.usesMultiSet, "-u", "--use_multi_set",
        help: "one request for neighbours with the same hash key and the same expiry"),
      .option(
        \.maxRows, "--max_rows_per_second", value: "num",
        help: "write no more rows in a second, all partitions together"
      ),
      .option(
        \.maxMegabytes, "--max_mb_per_second", value: "num",
        help: "write no more megabytes of keys and values in a second, all partitions together"),
      .flag(\.isDryRun, "--dry_run", help: "show both sides and what would be done; write nothing"),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ]
  static let examples = [
    CommandExample("copy_data -c ClusterB -a users --dry_run", "what would happen, and what stands in the way"),
    CommandExample("copy_data -c ClusterB -a users", "copy the current table into the table users of ClusterB"),
    CommandExample("copy_data -c ClusterB -a users -u", "the same with fewer, larger requests"),
    CommandExample("copy_data -c ClusterB -a users --max_rows_per_second 5000", "the same without hurting the target"),
    CommandExample(
      "copy_data -c ClusterB -a users -n -s prefix -y order:", "add the rows whose sort keys begin with order:"),
  ]

  var cluster = ""
  var table = ""
  var scope = TableScope()
  var filters = RowFilterOptions()
  var multiSetConcurrency = 20
  var scanBatchSize: Int32 = 100
  var dropsTTL = false
  var keepsExisting = false
  var dropsValues = false
  var fillsGeo = false
  var usesMultiSet = false
  var maxRows: Double?
  var maxMegabytes: Double?
  var isDryRun = false
  var isJSON = false

  func validate() throws(UsageError) {
    try scope.validate()
    try filters.validate()
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .conflict) }
    if scope.maxBatchCount < 2 { try refuse("max_batch_count should be greater than 1") }
    if multiSetConcurrency < 1 { try refuse("max_multi_set_concurrency should be greater than 0") }
    if scanBatchSize < 1 { try refuse("scan_option_batch_size should be greater than 0") }
    if maxRows.map({ $0 <= 0 }) == true || maxMegabytes.map({ $0 <= 0 }) == true {
      try refuse("a rate limit should be greater than 0")
    }
    if usesMultiSet && keepsExisting { try refuse("copy with multi_set not support no_overwrite!") }
    if fillsGeo && usesMultiSet { try refuse("--geo_data writes row by row: leave --use_multi_set out") }
    if fillsGeo && keepsExisting { try refuse("--geo_data overwrites rows: leave --no_overwrite out") }
    if fillsGeo && dropsValues { try refuse("without values there are no places: leave --geo_data or --no_value out") }
    if dropsValues && filters.valueMatch != nil {
      try refuse("no_value should not be set when value_filter_type is set")
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let source = try session.table()
    let target = try await session.cluster(named: cluster).table(table)
    let options = copyOptions(in: session)
    echo(options, in: session)
    let gate = try CopyPreflightGate(
      source: source, target: target, named: cluster, geoTable: fillsGeo ? table + "_geo" : nil, options: options,
      in: session)
    if isDryRun { return try await gate.rehearse(in: session, asJSON: isJSON) }
    try await gate.pass(in: session)
    let run = CopyRun(
      source: source, target: target, options: options,
      geo: try await geoWriter(for: target, limit: options.timeout, in: session))
    let partitions = try await run.prepare()
    session.output.info("prepare scanners succeed, split_count = \(partitions.count)")
    run.expect(rows: try await RowEstimate(source).rows(of: partitions))
    let report = TransferReport(
      verb: "Copy", title: "\(source.cluster.name):\(source.name) -> \(target.cluster.name):\(target.name)")
    try await report.follow(run, in: session, asJSON: isJSON)
  }

  @LoopActor
  private func copyOptions(in session: Session) -> CopyOptions {
    var options = scope.options(filters, in: session)
    options.mode = fillsGeo ? .geo : keepsExisting ? .putIfAbsent : usesMultiSet ? .multiSet : .put
    options.maxMultiSetConcurrency = multiSetConcurrency
    options.scanBatchSize = scanBatchSize
    options.dropsValues = dropsValues
    options.dropsExpiry = dropsTTL
    options.maxRowsPerSecond = maxRows
    options.maxBytesPerSecond = maxMegabytes.map { $0 * 1_048_576 }
    return options
  }

  @LoopActor
  private func geoWriter(for target: Table, limit: Duration, in session: Session) async throws -> GeoWriter? {
    guard fillsGeo else { return nil }
    let codec: GeoRowCodec
    do {
      codec = try GeoRowCodec(
        configuration: try GeoConfiguration(section: {
          session.configuration.value(of: $0, in: GeoConfiguration.sectionName)
        }))
    } catch {
      throw ShellError("\(error)", advice: "see [geo_client.lib] in the configuration", status: .usage)
    }
    let writer = GeoWriter(
      common: target, geo: target.cluster.table(target.name + "_geo"), codec: codec, limit: limit)
    try await writer.prepare()
    return writer
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
  }
}
