import CommandLineKit
import Configuration
import Copying
import EventLoop
import Jobs
import PegasusClient

/// `repair_data`: makes the target what the source is, in the rows that a verify found different.
struct RepairData: JobCommand {
  static let name = "repair_data"
  static let summary = "mend the rows that verify_data found different"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    Takes the file that verify_data --report wrote. Both tables are those of the report, and must be the same ones still: \
    with another id or partition count nothing is done.

    Each row of the report is looked at again on both sides, and only what two looks found unchanged is mended: what the \
    target lacks or holds otherwise is written with the value and the expiry of the source, what only the target has is \
    deleted with --delete_extra, after the source was asked once more. A row that is in order by now is left alone, and so \
    is one that is being written to.

    A write is done only when the target still holds the value that was seen, so that an application that writes to both \
    tables loses nothing. Values of more than half a megabyte, and --unconditional, do without this condition. Neither \
    does the condition cover the expiry: a row that is written at that very moment with its old value gets the expiry of \
    the source.

    The exit status is 0 when nothing of the report differs any more, 1 when a row failed or was left alone though it \
    differs, 5 when the repair was refused.
    """
  static let parameters: [Parameter<Self>] =
    [
      .argument(\.report, "report", help: "the file that verify_data --report wrote", completion: .file),
      .flag(\.isDryRun, "--dry_run", help: "look at both tables and show what would be done; write nothing"),
      .flag(\.deletesExtra, "--delete_extra", help: "delete rows that only the target has"),
      .flag(\.dropsTTL, "-e", "--no_ttl", help: "mended rows never expire, and expiries are not compared"),
      .flag(
        \.isUnconditional, "--unconditional",
        help: "write whatever the target holds; for a table that is being duplicated, which takes no conditions"),
      .option(\.maxBatchCount, "-b", "--max_batch_count", value: "num", help: "rows worked on at once"),
      .option(
        \.timeout, "-t", "--timeout_ms", value: "num",
        help: "time limit of one request, in milliseconds; the session's timeout when left out"),
      .option(\.maxRows, "--max_rows_per_second", value: "num", help: "look at no more rows in a second"),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("repair_data users.ndjson --dry_run", "show what would be done"),
    CommandExample("repair_data users.ndjson", "write what the target lacks or holds otherwise"),
    CommandExample("repair_data users.ndjson --delete_extra", "and delete what only the target has"),
  ]

  var report = ""
  var isDryRun = false
  var deletesExtra = false
  var dropsTTL = false
  var isUnconditional = false
  var maxBatchCount = 32
  var timeout: Int32?
  var maxRows: Double?
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    if maxBatchCount < 1 || maxBatchCount > 10_000 { try refuse("max_batch_count should be from 1 to 10000") }
    if let timeout, timeout <= 0 { try refuse("timeout_ms should be greater than 0") }
    if let maxRows, maxRows <= 0 { try refuse("a rate limit should be greater than 0") }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let path = Path.absolute(report)
    let contents = try await VerifyReportReader.check(path)
    let plan = RepairPlan(report: path, contents: contents, options: options(contents, in: session))
    var changes = PlanChanges()
    _ = try await plan.source.table("source", in: session, &changes)
    _ = try await plan.target.table("target", in: session, &changes)
    try Self.refuse(changes)
    echo(plan, contents, in: session)
    if !isDryRun { try await confirm(plan, contents, in: session) }
    try await session.launch(
      JobPlan(
        version: RepairPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: [StepPlan(name: RepairWork.step, title: "Mend the rows")]),
      job, rate: maxRows.map { JobRate(unitsPerSecond: $0) }, asJSON: isJSON)
  }

  /// - Throws: `ShellError` when the tables of the report are not what they were
  static func refuse(_ changes: PlanChanges) throws(ShellError) {
    guard !changes.isEmpty else { return }
    throw ShellError(
      "the report is about other tables than there are now:\n"
        + changes.lines.map { "  " + $0 }.joined(separator: "\n"),
      advice: "verify_data with --report finds what differs now", status: .refused)
  }

  @LoopActor
  private func options(_ contents: VerifyReportReader.Contents, in session: Session) -> RepairOptions {
    var options = RepairOptions()
    options.expiry = contents.heading.expiry
    options.deletesExtra = deletesExtra
    options.dropsExpiry = dropsTTL
    options.isDryRun = isDryRun
    options.isUnconditional = isUnconditional
    options.maxConcurrentRows = maxBatchCount
    options.timeout = timeout.map { .milliseconds(Int64($0)) } ?? session.timeout
    return options
  }

  @LoopActor
  private func echo(_ plan: RepairPlan, _ contents: VerifyReportReader.Contents, in session: Session) {
    let output = session.output
    output.info("source = \(plan.source.title)")
    output.info("target = \(plan.target.title)")
    output.info("report = \(plan.report), \(contents.rows) rows, \(contents.settled) of them agreed in the end")
    output.info("delete_extra = \(deletesExtra)")
    output.info("no_ttl = \(dropsTTL)")
    if let maxRows { output.info("max_rows_per_second = \(maxRows)") }
    if !contents.isComplete { output.warning("the verify did not read both tables to their ends") }
    if contents.unlisted > 0 {
      output.warning("\(contents.unlisted) more rows differed than the report lists; verify again after the repair")
    }
  }

  @LoopActor
  private func confirm(
    _ plan: RepairPlan, _ contents: VerifyReportReader.Contents, in session: Session
  ) async throws {
    let rows = contents.rows - contents.settled
    let deletes = deletesExtra && contents.extra > 0
    try await session.requireConfirmation(
      "Mend \(rows) rows of table '\(plan.target.table)' of cluster '\(plan.target.cluster)'"
        + (deletes ? ", and delete those of them that '\(plan.source.title)' does not have?" : "?"),
      effect: deletesExtra ? .destroys : .writes, on: try session.find(plan.target.cluster), typed: plan.target.table)
  }
}
