/// How far a job has come. "Interrupted" is none of these: the journal says running or paused, but nobody holds the job.
package enum JobState: String, Sendable, CaseIterable {
  /// Written down, not begun.
  case planned
  case running
  /// Begun, and told to wait: what was on its way is decided, nothing new is begun.
  case paused
  /// Ended in order before its end: can be resumed.
  case stopped
  /// Ended as planned; its outcome says with which result.
  case done
  /// Ended with an error or with failures: can be resumed.
  case failed
  /// Given up on purpose: cannot be resumed.
  case cancelled

  /// Nothing can follow.
  package var isFinal: Bool { self == .done || self == .cancelled }
  /// A process works on it, unless that one has died.
  package var isActive: Bool { self == .running || self == .paused }
}
