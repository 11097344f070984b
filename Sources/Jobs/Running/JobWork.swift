package import EventLoop

/// What a job does. One object per run: a resume makes a new one.
@LoopActor
package protocol JobWork: AnyObject, Sendable {
  /// Does every step that is not done. A cancelled task means: stop in order, and take the checkpoints with you.
  func run(in job: Job) async throws -> JobOutcome
  /// How it stands now; nil: nothing to tell yet. Asked once a second and at the end.
  var progress: JobProgress? { get }
  /// Of the units of the progress, those that earlier runs have done for good: this one goes on after them. nil: not known.
  var doneBefore: Int64? { get }
  /// The checkpoints that moved since the last call. They are journaled together with the progress, once a second and
  /// whenever the job pauses or ends.
  func takeCheckpoints() -> [Checkpoint]
  /// Sets the limit, at once; false: this work has none.
  func apply(_ rate: JobRate) -> Bool
  /// Whether a run that was killed, with its last second not in the journal, can be followed by another one.
  var canResumeAfterInterruption: Bool { get }
}

extension JobWork {
  package var progress: JobProgress? { nil }
  package var doneBefore: Int64? { nil }
  package func takeCheckpoints() -> [Checkpoint] { [] }
  package func apply(_ rate: JobRate) -> Bool { false }
  package var canResumeAfterInterruption: Bool { true }
}
