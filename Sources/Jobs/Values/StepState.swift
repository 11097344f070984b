/// How far a step of a job has come.
package enum StepState: String, Sendable, CaseIterable {
  case waiting, running, done, failed
  /// Not needed in this job.
  case skipped
}
