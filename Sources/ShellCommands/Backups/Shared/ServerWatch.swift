import EventLoop
import JSON
import Jobs

/// What a job has that lets servers begin something once, and then watches them: patience with them, and how fast they are.
@LoopActor
final class ServerWatch {
  /// Asks them.
  let query = PatientQuery()
  /// Of the present step.
  var meter: ProgressMeter
  private var metered = ""
  private let clock: WorkClock

  init(_ scope: JobScope) {
    clock = WorkClock(scope.previousElapsed)
    meter = ProgressMeter(isResumed: scope.isResumed)
  }

  /// What there is to show in any case. Another step, or another verb, is measured anew.
  func progress(_ step: String, verb: String, unit: String) -> JobProgress {
    var progress = JobProgress(step: step, verb: verb, unit: unit)
    progress.elapsed = clock.elapsed
    progress.retries = query.retries
    progress.lastRetryReason = query.lastReason
    if metered != "\(step) \(verb)" {
      // What an earlier run has left is there at the first look; what follows that begins at nothing.
      if meter.doneBefore != nil { meter = ProgressMeter(isResumed: false) }
      metered = "\(step) \(verb)"
    }
    return progress
  }

  /// How a job ends that is left while the servers go on.
  ///
  /// - Parameters:
  ///   - advice: how to see them, and how to end them
  ///   - result: what they work on
  func left(advice: String, _ result: JSONObject) -> JobOutcome {
    var result = result
    result["error"] = "not watched any longer"
    return JobOutcome(
      isComplete: false, status: ExitStatus.interrupted.rawValue, headline: "", advice: advice, result: .object(result))
  }
}
