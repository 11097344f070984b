/// A job as it was read from the journal.
struct StoredJob: Sendable {
  var record: JobRecord
  /// Why it can be shown, but not be resumed; nil: it can.
  var problem: String?

  func with(steps: [StepRecord]) -> StoredJob {
    var job = self
    job.record.steps = steps
    job.record.plan.steps = steps.map(\.plan)
    if let problem, job.record.error.isEmpty { job.record.error = "cannot be read fully: \(problem)" }
    return job
  }
}
