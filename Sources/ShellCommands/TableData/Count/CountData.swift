import CommandLineKit
import Copying
import EventLoop
import Jobs
import PegasusClient
import Terminal

/// `count_data`: how many rows the current table has, as the servers estimate it or counted one by one.
struct CountData: JobCommand {
  static let name = "count_data"
  static let summary = "count the rows of the current table"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let discussion = """
    Without options the servers are asked for their estimates, which count expired, overwritten and deleted rows as well. \
    With --precise every row is read: by the servers themselves, unless a filter on values, --diff_hash_key or \
    --stat_size needs the rows here.
    """
  static let parameters: [Parameter<Self>] =
    [.flag(\.isPrecise, "-c", "--precise", help: "read and count every row")]
    + TableScope.parameters.nested(in: \.scope) + RowFilterOptions.parameters.nested(in: \.filters) + [
      .flag(\.countsHashKeys, "-d", "--diff_hash_key", help: "also count the distinct hash keys"),
      .flag(\.measuresSizes, "-a", "--stat_size", help: "also measure hash keys, sort keys, values and rows"),
      .option(\.topCount, "-n", "--top_count", value: "num", help: "with -a: list the largest rows"),
      .option(\.runSeconds, "-r", "--run_seconds", value: "num", help: "stop after so many seconds; 0: never"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("count_data", "the servers' estimate, at once"),
    CommandExample("count_data -c", "the exact number"),
    CommandExample("count_data -c -a -n 10", "the exact number, the sizes, and the ten largest rows"),
  ]

  var isPrecise = false
  var scope = TableScope()
  var filters = RowFilterOptions()
  var countsHashKeys = false
  var measuresSizes = false
  var topCount = 0
  var runSeconds = 0
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    try scope.validate()
    try filters.validate()
    if topCount > 0 && !measuresSizes {
      throw UsageError("--top_count needs --stat_size", kind: .missingParameter)
    }
    if topCount < 0 || runSeconds < 0 {
      throw UsageError("--top_count and --run_seconds should not be below 0", kind: .invalidValue)
    }
    let asksForPrecision =
      scope.partitions != nil || filters.filter != RowFilter() || countsHashKeys || measuresSizes || runSeconds > 0
    if asksForPrecision && !isPrecise {
      throw UsageError(
        "you must input [-c|--precise] flag when you expect to get precise result by scaning all record online",
        kind: .missingParameter)
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let table = try session.table()
    guard isPrecise else { return try await estimate(table, in: session) }
    var options = CountOptions()
    options.partitions = scope.partitions?.numbers
    options.filter = filters.filter
    options.countsHashKeys = countsHashKeys
    options.measuresSizes = measuresSizes
    options.topCount = topCount
    options.timeout = scope.limit(in: session)
    let output = session.output
    output.info("cluster_name = \(session.clusterName)")
    output.info("app_name = \(table.name)")
    scope.echo(scope.options(filters, in: session), filters, in: session)
    output.info("diff_hash_key = \(countsHashKeys)")
    output.info("stat_size = \(measuresSizes)")
    output.info("top_count = \(topCount)")
    output.info("run_seconds = \(runSeconds)")
    if !options.needsRows { output.info("scanner only return kv count, not return value") }
    guard let here = session.definition else { throw ShellError("no cluster is configured", status: .usage) }
    let plan = CountPlan(
      table: try await TableIdentity(of: table, in: here), options: options, runSeconds: runSeconds)
    // A partition that is out of range is refused before there is a job.
    let partitions = try await CountRun(table: table, options: options).prepare()
    output.info("open app scanner succeed, partition_count = \(try await table.partitions().count)")
    output.info("prepare scanners succeed, split_count = \(partitions.count)")
    try await session.launch(
      JobPlan(
        version: CountPlan.version, kind: Self.name, title: plan.table.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: [StepPlan(name: CountWork.step, title: "Count the rows")]),
      job, asJSON: isJSON)
  }

  @LoopActor
  private func estimate(_ table: Table, in session: Session) async throws {
    let estimates = try await RowEstimate(table).byPartition()
    var section = TextTable("count_data", columns: ["pidx", "estimate_count"])
    for (partition, rows) in estimates { section.add(row: [.integer(partition), .number(Double(rows))]) }
    let total = estimates.reduce(0) { $0 + $1.rows }
    section.add(row: [.text("(total:\(estimates.count))"), .number(Double(total))])
    try session.output.table([section], asJSON: isJSON)
  }
}
