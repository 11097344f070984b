import CommandLineKit
import Copying
import EventLoop
import Jobs
import PegasusClient

/// `clear_data`: deletes the rows of the current table.
struct ClearData: JobCommand {
  static let name = "clear_data"
  static let summary = "delete rows of the current table, all of them or those that a filter names"
  static let group = "Data"
  static let effect = CommandEffect.destroys
  static let mayAsk = true
  static let discussion = """
    Nothing brings deleted rows back. Without --force nothing is deleted. Rows that the application writes meanwhile may or \
    may not be among them.
    """
  static let parameters: [Parameter<Self>] =
    TableScope.parameters.nested(in: \.scope) + RowFilterOptions.parameters.nested(in: \.filters) + [
      .flag(\.isForced, "-f", "--force", help: "really delete"),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("clear_data -f", "delete every row of the current table"),
    CommandExample("clear_data -h prefix -x test_ -f", "delete the rows whose hash keys begin with test_"),
  ]

  var scope = TableScope()
  var filters = RowFilterOptions()
  var isForced = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    try scope.validate()
    try filters.validate()
  }

  @LoopActor
  func run(in session: Session) async throws {
    let table = try session.table()
    var options = scope.options(filters, in: session)
    options.mode = .delete
    session.output.info("cluster_name = \(session.clusterName)")
    session.output.info("app_name = \(table.name)")
    scope.echo(options, filters, in: session)
    session.output.info("force = \(isForced)")
    guard isForced else {
      throw ShellError(
        "be careful to clear data!!! Please specify --force if you are determined to do.", status: .refused)
    }
    try await session.requireConfirmation(
      "Delete rows of table '\(table.name)' of cluster '\(session.clusterName)'?", effect: .destroys,
      typed: table.name)
    guard let here = session.definition else { throw ShellError("no cluster is configured", status: .usage) }
    let identity = try await TableIdentity(of: table, in: here)
    let plan = TransferPlan(source: identity, target: identity, options: options)
    let partitions = try await CopyRun(source: table, target: table, options: options).prepare()
    session.output.info("prepare scanners succeed, split_count = \(partitions.count)")
    try await session.launch(
      JobPlan(
        version: TransferPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: [StepPlan(name: TransferWork.step, title: "Delete the rows")]),
      job, asJSON: isJSON)
  }
}
