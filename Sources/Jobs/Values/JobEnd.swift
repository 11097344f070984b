/// How a job ended in this process.
package struct JobEnd: Sendable {
  /// Never planned, running or paused.
  package var state: JobState
  /// nil: the work threw, or was stopped before it could say anything.
  package var outcome: JobOutcome?
  /// What the work threw, unless it only obeyed a stop.
  package var failure: (any Error)?
  /// As in `JobRecord`.
  package var didNothing: Bool

  package init(
    state: JobState, outcome: JobOutcome? = nil, failure: (any Error)? = nil, didNothing: Bool = false
  ) {
    self.didNothing = didNothing
    self.state = state
    self.outcome = outcome
    self.failure = failure
  }
}
