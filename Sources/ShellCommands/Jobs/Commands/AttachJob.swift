import CommandLineKit
import EventLoop
import Jobs

/// `attach`: watches a job, whoever runs it.
struct AttachJob: ShellCommand {
  static let name = "attach"
  static let aliases = ["fg"]
  static let summary = "watch a job of this or another shell; keys pause it, change its rate or leave it"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let discussion = """
    A job of this shell is shown as if it had just been begun: Ctrl-C stops it in order. A job of another shell is only \
    looked at: Ctrl-C leaves it. Space shows the partitions, p pauses, r resumes, + and - change the rate limit by a \
    quarter, q goes back to the prompt.
    """
  static let parameters: [Parameter<Self>] = [
    .argument(\.number, "job_id", help: "the job; the only running one when left out", completion: .runningJob),
    .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
  ]
  static let examples = [CommandExample("attach 7", "watch job 7")]

  var number: Int64?
  var isJSON = false

  @LoopActor
  func run(in session: Session) async throws {
    let record = try await JobChoice.record(number, in: session, purpose: "to attach to") {
      $0.isAtWork
    }
    if let job = session.desk.attach(record.id) { return try await session.watch(job, asJSON: isJSON) }
    guard record.isAtWork else {
      throw ShellError(
        "job \(record.id) is \(record.stateName): there is nothing to watch",
        advice: record.isResumable ? "'resume \(record.id)' goes on with it" : "'job \(record.id)' shows it",
        status: .refused)
    }
    session.output.info("job \(record.id) is being worked on by \(record.owner)")
    let watch = JobWatch(elsewhere: record, in: session)
    session.watch = watch
    let result = await watch.follow()
    if session.watch === watch { session.watch = nil }
    switch result {
    case .abandoned: throw CancellationError()
    case .interrupted:
      throw ShellError(
        "job \(record.id) was interrupted: \(record.owner) has gone", advice: "'resume \(record.id)' goes on with it",
        status: .interrupted)
    case .detached: session.output.info("job \(record.id) goes on where it runs")
    case .ended(let end):
      let ending = JobEnding(id: record.id, plan: record.plan, end: end)
      ending.show(on: session.output, asJSON: isJSON)
      if let error = ending.error { throw error }
    }
  }
}
