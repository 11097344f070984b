/// A job as the journal knows it.
package struct JobRecord: Sendable, Equatable {
  package var id: JobID
  package var plan: JobPlan
  package var state: JobState
  /// A process, this one or another, holds the job's lock: it works on it.
  package var isHeld: Bool
  /// Who works on it, or did last: "process 1234 on host"; empty: nobody yet.
  package var owner: String
  /// Milliseconds since 1970, as the next two.
  package var createdAt: Int64
  /// Of its first run.
  package var startedAt: Int64?
  /// Of its last run; nil while it runs.
  package var endedAt: Int64?
  package var steps: [StepRecord]
  package var progress: JobProgress?
  package var outcome: JobOutcome?
  /// Why it failed; empty: it did not.
  package var error: String
  /// The user who planned it.
  package var operatorName: String
  /// What was last set; nil: never set.
  package var rate: JobRate?
  /// When progress and checkpoints were last journaled, in milliseconds since 1970; nil: never.
  package var writtenAt: Int64?

  package init(
    id: JobID, plan: JobPlan, state: JobState, isHeld: Bool, owner: String = "", createdAt: Int64,
    startedAt: Int64? = nil, endedAt: Int64? = nil, steps: [StepRecord], progress: JobProgress? = nil,
    outcome: JobOutcome? = nil, error: String = "", operatorName: String = "", rate: JobRate? = nil,
    writtenAt: Int64? = nil
  ) {
    self.id = id
    self.plan = plan
    self.state = state
    self.isHeld = isHeld
    self.owner = owner
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.steps = steps
    self.progress = progress
    self.outcome = outcome
    self.error = error
    self.operatorName = operatorName
    self.rate = rate
    self.writtenAt = writtenAt
  }

  /// The journal says that it runs, but whoever ran it is gone: killed, or the machine was switched off.
  package var isInterrupted: Bool { state.isActive && !isHeld }

  /// Nobody works on it, and there is something left to do.
  package var isResumable: Bool { !state.isFinal && !isHeld }

  /// It failed before it had done anything, in its first step mostly: nothing is counted, no step has come to its end, and
  /// none has left anything but that it was refused.
  package var didNothing: Bool {
    guard state == .failed, (progress?.bytes ?? 0) == 0, progress?.account.allSatisfy({ $0.count == 0 }) ?? true else {
      return false
    }
    return steps.allSatisfy { !$0.hasLeft }
  }

  /// One word for lists: the state, or "interrupted".
  package var stateName: String { isInterrupted ? "interrupted" : state.rawValue }
}
