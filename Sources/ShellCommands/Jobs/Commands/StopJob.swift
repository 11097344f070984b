import CommandLineKit
import EventLoop
import Jobs

/// `stop`: ends a job in order.
struct StopJob: ShellCommand {
  static let name = "stop"
  static let summary = "end a running job in order, so that it can be resumed later"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let discussion = "What is on its way is finished, and the checkpoints are written, as Ctrl-C does."
  static let parameters: [Parameter<Self>] = [
    .argument(\.number, "job_id", help: "the job; the only running one when left out", completion: .runningJob)
  ]
  static let examples = [CommandExample("stop 7", "'resume 7' goes on with it, in this or another shell")]

  var number: Int64?

  @LoopActor
  func run(in session: Session) async throws {
    let record = try await JobChoice.record(number, in: session, purpose: "to stop") {
      $0.isAtWork
    }
    try await session.jobs.request(record.id, .stop)
    try await session.tellEnd(of: record.id)
  }
}

extension Session {
  /// Waits until nobody works on a job any more, for ten seconds at most, and says how it stands.
  func tellEnd(of id: JobID) async throws {
    let patience = Monotonic.now() + .seconds(10)
    var record = try await jobs.record(id)
    while record.isHeld, Monotonic.now() < patience {
      try await loopSleep(.milliseconds(50))
      record = try await jobs.record(id)
    }
    tell(id, record.isHeld ? "about to end" : record.stateName)
  }
}
