import CommandLineKit
import EventLoop
import Jobs

/// `restore_app`: the old name of `restore`, which does not wait.
struct RestoreApp: JobCommand {
  static let name = "restore_app"
  static let summary = "begin to make a new table of one that was backed up, as the old shell does"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let discussion = """
    As 'restore', which see, but it returns as soon as the servers have begun; --wait makes it wait.
    """
  static let parameters: [Parameter<Self>] =
    RestoreOptions.parameters.nested(in: \.options) + [
      .flag(\.waits, "-w", "--wait", help: "wait until the new table is there"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample(
      "restore_app -c onebox -a t1 -i 3 -t 1795216753033 -b local_service -n t1_restored",
      "'query_restore_status' shows how far it is")
  ]

  var options = RestoreOptions()
  var waits = false
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) { try options.validate() }

  @LoopActor
  func run(in session: Session) async throws {
    if let path = options.givenPath, !isJSON, !session.output.isJSON {
      session.output.line("restore app from the specified path : \(path)")
    }
    let plan = try await RestoreBegin(session: session, options: options).prepare()
    if waits || session.launchesInBackground { return try await session.launch(plan, job, asJSON: isJSON) }
    try await session.beginRestore(plan, asJSON: isJSON)
  }
}
