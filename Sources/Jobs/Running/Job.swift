package import EventLoop
package import JSON

/// A job that this process runs.
@LoopActor
package final class Job {
  /// For `unsubscribe`.
  package struct Subscription: Hashable, Sendable {
    var number: Int
  }

  package let id: JobID
  package let plan: JobPlan
  package internal(set) var state = JobState.planned
  /// Closed while the job is paused. The work passes it before it begins anything new.
  package let gate = Gate()
  /// What the journal knew at the start of this run; empty in a first run.
  package let checkpoints: [Checkpoint]
  /// Working time of all earlier runs.
  package let previousElapsed: Duration
  /// What was last set; nil: never set.
  package internal(set) var rate: JobRate?
  /// How this run ended; nil while it has not.
  package internal(set) var end: JobEnd?

  init(id: JobID, plan: JobPlan, checkpoints: [Checkpoint], previousElapsed: Duration, rate: JobRate?) {
    self.id = id
    self.plan = plan
    self.checkpoints = checkpoints
    self.previousElapsed = previousElapsed
    self.rate = rate
  }

  /// The job as a viewer shows it, with the progress of this moment.
  package var record: JobRecord {
    JobRecord(id: id, plan: plan, state: state, isHeld: end == nil, createdAt: 0, steps: [])
  }

  /// How the work stands now; nil: it has nothing to tell yet.
  package var progress: JobProgress? { nil }

  /// Runs a step: the journal says so before and after. The step is run even when it was done in an earlier run: ask
  /// `isDone` before. Rethrows what `body` throws.
  package func step<T>(_ name: String, _ body: @LoopActor () async throws -> T) async throws -> T { try await body() }

  /// Notes that a step is not needed.
  package func skip(_ name: String) async {}

  /// Whether a step was done, or not needed, in this run or an earlier one.
  package func isDone(_ step: String) -> Bool { false }

  /// What the step has left, null when nothing.
  package func detail(of step: String) -> JSONValue { .null }

  /// Leaves something for later steps and for a resume: safely in the journal when this returns.
  ///
  /// Throws `JournalError` when it cannot be written: then do not do what could not be found again.
  package func setDetail(_ detail: JSONValue, of step: String) async throws {}

  /// Tells all subscribers, and the journal when the event is notable.
  package func event(_ kind: String, _ fields: JSONObject = [:]) {}

  /// Calls `handler` for every event from now on.
  package func subscribe(_ handler: @escaping @LoopActor (JobEvent) -> Void) -> Subscription { Subscription(number: 0) }

  /// Ends a subscription.
  package func unsubscribe(_ subscription: Subscription) {}

  /// Begins nothing new until `unpause`.
  package func pause() {}

  /// Ends a pause.
  package func unpause() {}

  /// Ends the run in order; it can be resumed.
  package func stop() {}

  /// Ends the run in order, for good.
  package func cancel() {}

  /// Limits the work; false: it has no limit to set.
  @discardableResult
  package func setRate(_ rate: JobRate) -> Bool { false }

  /// Waits until the run has ended and the journal knows it.
  package func outcome() async -> JobEnd { JobEnd(state: state) }
}
