import CommandLineKit
import EventLoop
import Jobs

/// `pause`: lets a job wait.
struct PauseJob: ShellCommand {
  static let name = "pause"
  static let summary = "let a running job wait: what is on its way is finished, nothing new is begun"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let parameters: [Parameter<Self>] = [
    .argument(\.number, "job_id", help: "the job; the only running one when left out", completion: .runningJob)
  ]
  static let examples = [CommandExample("pause 7", "'resume 7' lets it go on")]

  var number: Int64?

  @LoopActor
  func run(in session: Session) async throws {
    let record = try await JobChoice.record(number, in: session, purpose: "to pause") {
      $0.isHeld && $0.state == .running
    }
    let after = try await session.jobs.request(record.id, .pause)
    session.tell(record.id, after.stateName)
  }
}
