import EventLoop
import PegasusClient
import PegasusProtocol

/// Asks a cluster again and again while it does not answer: a question that a job asks for hours must not end it because a
/// meta server is being restarted.
@LoopActor
final class PatientQuery {
  /// So long it may be silent.
  nonisolated static let limit: Duration = .seconds(600)

  /// Questions without an answer.
  private(set) var retries: Int64 = 0
  /// Why the last one had none.
  private(set) var lastReason = ""

  /// - Throws: what the cluster refuses; what kept it silent for longer than `limit`; `CancellationError`
  func ask<Answer>(_ question: @LoopActor () async throws -> Answer) async throws -> Answer {
    let began = ContinuousClock.now
    var pause = Duration.milliseconds(250)
    while true {
      do {
        return try await question()
      } catch let error as ClientError {
        if error.isCancellation { throw CancellationError() }
        guard Self.passes(error), ContinuousClock.now - began < Self.limit else { throw error }
        retries += 1
        lastReason = error.cause
      }
      try await loopSleep(pause)
      pause = min(pause * 2, .seconds(10))
    }
  }

  /// Whether the cluster may answer later.
  nonisolated static func passes(_ error: ClientError) -> Bool {
    switch error.reason {
    case .noLeader, .transport, .deadline: true
    case .refused(let code, _):
      [.busy, .timeout, .tryAgain, .networkFailure, .underRecovery].contains(code)
    default: false
    }
  }
}
