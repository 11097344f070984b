import EventLoop
import JSON
import Jobs

/// That an act has ended well, and what it had to tell: as the journal keeps it, beside what the act's last step has left.
@LoopActor
struct ActEnding {
  private static let key = "ended"

  /// Nil: it had nothing to tell.
  let outcome: JobOutcome?

  init(_ outcome: JobOutcome?) { self.outcome = outcome }

  /// Nil: the act has not ended well yet.
  init?(of act: any PlaybookAct, in scope: JobScope) {
    guard let last = act.steps.last, let ended = scope.detail(of: last.name)[Self.key] else { return nil }
    outcome = JobOutcome(json: ended)
  }

  /// Safely in the journal when this returns.
  ///
  /// - Throws: `JournalError`
  func write(_ act: any PlaybookAct, in scope: JobScope) async throws {
    guard let last = act.steps.last else { return }
    if !scope.isDone(last.name) { await scope.skip(last.name) }
    var detail: JSONObject = [:]
    if case .object(let members) = scope.detail(of: last.name) {
      for member in members { detail[member.key] = member.value }
    }
    detail[Self.key] = outcome?.json ?? true
    try await scope.setDetail(.object(detail), of: last.name)
  }
}
