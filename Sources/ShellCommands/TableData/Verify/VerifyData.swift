import CommandLineKit
import Configuration
import Copying
import EventLoop
import Jobs
import PegasusClient

/// `verify_data`: compares the current table with another one, row by row.
struct VerifyData: JobCommand {
  static let name = "verify_data"
  static let summary = "compare the current table with a table of this or another cluster"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let discussion = """
    Reads both tables once, side by side in the order of their keys, and compares keys, values and expiries; the partition \
    counts may differ. What differs is looked at again, --rounds times with a pause of --delay seconds before each, so that \
    the tables may be written to meanwhile.

    Each differing row is listed with a sign, as rclone check has them: + missing on the target, - missing on the current \
    table, * different, = same after all (it changed or expired meanwhile), ! could not tell.

    The exit status is 0 when the tables are the same, 1 when they differ, 2 when that could not be told. With --sample it \
    speaks only of the rows compared, which is one at least. Where filters let no row through, nothing was compared, \
    and the status is 2.

    A verify that was stopped or interrupted goes on where it was; the further looks begin anew then.
    """
  static let parameters: [Parameter<Self>] =
    [
      .option(
        \.cluster, "-c", "--target_cluster_name", value: "str",
        help: "the target cluster, as the configuration names it", isRequired: true, completion: .cluster),
      .option(
        \.table, "-a", "--target_app_name", value: "str", help: "the target table", isRequired: true, completion: .table
      ),
      .option(
        \.partitions, "-p", "--partition", value: "list",
        help: "only the rows of these partitions of the current table, as in 5 or 0-31,40; all of them when left out"),
      .option(
        \.timeout, "-t", "--timeout_ms", value: "num",
        help: "time limit of one request, in milliseconds; the session's timeout when left out"),
    ] + RowFilterOptions.parameters.nested(in: \.filters) + [
      .flag(\.ignoresTTL, "-e", "--no_ttl", help: "do not compare when rows expire"),
      .option(
        \.ttlTolerance, "--ttl_tolerance", value: "seconds", help: "how far apart two expiries may be (1 when left out)"
      ),
      .option(
        \.sample, "--sample", value: "num", help: "compare about one row in num, chosen by its key, and one at least"),
      .option(\.rounds, "--rounds", value: "num", help: "how often differing rows are looked at again (3)"),
      .option(\.delay, "--delay", value: "seconds", help: "the pause before each further look (2)"),
      .option(
        \.report, "--report", value: "file", help: "write every differing row into this file, one JSON object per line",
        completion: .file),
      .option(
        \.maxRows, "--max_rows_per_second", value: "num", help: "read no more rows in a second, both tables together"),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("verify_data -c ClusterB -a users", "compare the current table with the table users of ClusterB"),
    CommandExample("verify_data -c ClusterB -a users --sample 100", "a quick look: about one row in a hundred"),
    CommandExample(
      "verify_data -c ClusterB -a users -e --report users.ndjson", "leave expiries out, and keep what differs in a file"
    ),
  ]

  var cluster = ""
  var table = ""
  var partitions: PartitionSet?
  var timeout: Int32?
  var filters = RowFilterOptions()
  var ignoresTTL = false
  var ttlTolerance: Int32 = 1
  var sample = 1
  var rounds = 3
  var delay = 2
  var report: String?
  var maxRows: Double?
  var job = JobOptions()
  var isJSON = false

  func validate() throws(UsageError) {
    try filters.validate()
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    if let timeout, timeout <= 0 { try refuse("timeout_ms should be greater than 0") }
    if ttlTolerance < 0 { try refuse("ttl_tolerance should not be below 0") }
    if sample < 1 { try refuse("sample should be greater than 0") }
    if rounds < 0 || delay < 0 { try refuse("rounds and delay should not be below 0") }
    if let maxRows, maxRows <= 0 { try refuse("a rate limit should be greater than 0") }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let plan: VerifyPlan
    do {
      plan = try await self.plan(in: session)
    } catch {
      throw VerifyStep.withoutAnswer(error)
    }
    echo(in: session)
    try await session.launch(
      JobPlan(
        version: VerifyPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: [StepPlan(name: VerifyStep.name, title: "Compare the tables")]),
      job, rate: maxRows.map { JobRate(unitsPerSecond: $0) }, asJSON: isJSON)
  }

  @LoopActor
  private func plan(in session: Session) async throws -> VerifyPlan {
    let source = try session.table()
    let target = try await session.cluster(named: cluster).table(table)
    var options = VerifyOptions()
    options.partitions = partitions?.numbers
    options.filter = filters.filter
    options.ignoresExpiry = ignoresTTL
    options.expiryTolerance = UInt32(clamping: ttlTolerance)
    options.sample = UInt64(clamping: sample)
    options.rounds = rounds
    options.delay = .seconds(delay)
    options.timeout = timeout.map { .milliseconds(Int64($0)) } ?? session.timeout
    // What cannot be compared is no job.
    try await VerifyRun(source: source, target: target, options: options).prepare()
    return VerifyPlan(
      source: try await TableIdentity(of: source, in: try session.find(session.clusterName)),
      target: try await TableIdentity(of: target, in: try session.find(cluster)), options: options,
      report: report.map { Path.absolute($0) })
  }

  @LoopActor
  private func echo(in session: Session) {
    let output = session.output
    output.info("source_cluster_name = \(session.clusterName)")
    output.info("source_app_name = \(session.tableName ?? "")")
    output.info("target_cluster_name = \(cluster)")
    output.info("target_app_name = \(table)")
    if let maxRows { output.info("max_rows_per_second = \(maxRows)") }
  }
}
