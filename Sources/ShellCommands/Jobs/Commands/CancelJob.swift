import CommandLineKit
import EventLoop
import Jobs
import Terminal

/// `cancel`: gives a job up for good.
struct CancelJob: ShellCommand {
  static let name = "cancel"
  static let summary = "give a job up for good: it is ended in order and cannot be resumed"
  static let group = "Jobs"
  static let effect = CommandEffect.destroys
  static let mayAsk = true
  static let discussion = """
    What it has done stays done: rows that were copied stay where they are. 'stop' ends a job so that it can be resumed.
    """
  static let parameters: [Parameter<Self>] = [
    .argument(
      \.number, "job_id", help: "the job; the only one that is not ended when left out", completion: .unfinishedJob)
  ]
  static let examples = [CommandExample("cancel 7", "asks first")]

  var number: Int64?

  @LoopActor
  func run(in session: Session) async throws {
    let record = try await JobChoice.record(number, in: session, purpose: "to cancel") { !$0.state.isFinal }
    guard !record.state.isFinal else { throw JobError.notRunning(record.id, state: record.stateName) }
    let percent = record.progress?.fraction.map { ", \(Format.fixed(min($0, 0.999) * 100, decimals: 1))% done" } ?? ""
    try await session.requireConfirmation(
      "Give up job \(record.id) (\(record.plan.kind) \(record.plan.title), \(record.stateName)\(percent)) for good?",
      effect: .destroys)
    try await session.jobs.request(record.id, .cancel)
    try await session.tellEnd(of: record.id)
  }
}
