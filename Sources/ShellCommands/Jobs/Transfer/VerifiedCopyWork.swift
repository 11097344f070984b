import EventLoop
import JSON
import Jobs

/// A copy, and the comparison of both tables after it, as the work of one job.
@LoopActor
final class VerifiedCopyWork: JobWork {
  private let copy: TransferWork
  private let verify: VerifyStep
  private var isVerifying: Bool

  /// - Parameter isCopied: an earlier run has done that
  init(copy: TransferWork, verify: VerifyStep, isCopied: Bool) {
    self.copy = copy
    self.verify = verify
    isVerifying = isCopied
  }

  func run(in job: Job) async throws -> JobOutcome {
    let copied: JobOutcome
    if job.isDone(TransferWork.step) {
      copied =
        JobOutcome(json: job.detail(of: TransferWork.step)) ?? JobOutcome(isComplete: true, headline: "Copy done.")
    } else {
      copied = try await copy.run(in: job)
      guard copied.isComplete else { return copied }
      // A later run tells of it as well.
      try await job.setDetail(copied.json, of: TransferWork.step)
      if let elapsed = copy.progress?.elapsed { verify.previousElapsed = elapsed }
    }
    isVerifying = true
    return Self.together(copied, try await verify.run(in: JobScope(job)))
  }

  /// What both have to say. How it ended is how the verify ended, since the copy was complete.
  private static func together(_ copied: JobOutcome, _ verified: JobOutcome) -> JobOutcome {
    var outcome = verified
    outcome.lines = copied.lines + (copied.lines.contains(copied.headline) ? [] : [copied.headline]) + verified.lines
    var members: [JSONMember] = []
    if case .object(let copy) = copied.result { members = copy }
    members.append(JSONMember("verify", verified.result))
    if let error = verified.result["error"] { members.append(JSONMember("error", error)) }
    outcome.result = .object(members)
    return outcome
  }

  var progress: JobProgress? { isVerifying ? verify.progress : copy.progress }

  var doneBefore: Int64? { isVerifying ? verify.doneBefore : copy.doneBefore }

  func takeCheckpoints() -> [Checkpoint] { copy.takeCheckpoints() + verify.takeCheckpoints() }

  func apply(_ rate: JobRate) -> Bool {
    verify.apply(rate)
    return copy.apply(rate)
  }
}
