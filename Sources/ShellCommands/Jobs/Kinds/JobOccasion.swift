import Jobs

/// Why work is built.
enum JobOccasion: Sendable {
  /// The command has just written the plan.
  case first
  /// Somebody goes on with a job: what it found then may have changed.
  case resume(JobRecord)

  var isResume: Bool {
    if case .resume = self { return true }
    return false
  }
}
