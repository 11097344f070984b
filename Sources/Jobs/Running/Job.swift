package import EventLoop
package import JSON

/// A job that this process runs.
@LoopActor
package final class Job {
  /// For `unsubscribe`.
  package struct Subscription: Hashable, Sendable {
    let number: Int
  }

  enum Wish {
    case stop, cancel
  }

  package let id: JobID
  package let plan: JobPlan
  /// Closed while the job is paused. The work passes it before it begins anything new.
  package let gate = Gate()
  /// What the journal knew at the start of this run; empty in a first run.
  package let checkpoints: [Checkpoint]
  /// Working time of all earlier runs.
  package let previousElapsed: Duration
  /// An earlier run has begun it.
  package let isResumed: Bool
  /// How this run ended; nil while it has not.
  package internal(set) var end: JobEnd?

  /// What the journal knows, or is about to.
  var stored: JobRecord
  let keeper: JobKeeper
  var lock: JobLock?
  var work: (any JobWork)?
  var task: Task<JobOutcome, any Error>?
  var wish: Wish?
  var onEnd: (() -> Void)?
  var waiters: [UnsafeContinuation<Void, Never>] = []
  /// Between the tries to write the end of a job into a journal that cannot be written.
  let retryPause: Duration
  private var subscribers: [(subscription: Subscription, handler: @LoopActor (JobEvent) -> Void)] = []
  private var lastSubscription = 0

  init(
    _ record: JobRecord, checkpoints: [Checkpoint], journal: Journal, lock: JobLock?, retryPause: Duration
  ) {
    id = record.id
    plan = record.plan
    stored = record
    self.checkpoints = checkpoints
    previousElapsed = record.progress?.elapsed ?? .zero
    isResumed = record.startedAt != nil
    self.lock = lock
    self.retryPause = retryPause
    keeper = JobKeeper(record.id, journal: journal)
    keeper.onTrouble = { [weak self] error in self?.tell(error) }
  }

  package var state: JobState { stored.state }

  /// What was last set; nil: never set.
  package var rate: JobRate? { stored.rate }

  /// Whether it was told to end, and has not yet.
  package var isEnding: Bool { wish != nil && end == nil }

  /// The job as a viewer shows it, with the progress of this moment.
  package var record: JobRecord {
    var record = stored
    record.isHeld = end == nil
    record.progress = progress
    return record
  }

  /// How the work stands now, or stood at its end or at the end of an earlier run; nil: it has nothing to tell yet.
  package var progress: JobProgress? { work?.progress ?? stored.progress }

  /// As in `JobWork`.
  package var doneBefore: Int64? { work?.doneBefore }

  // MARK: Events

  /// Tells all subscribers, and the journal when the event is notable.
  package func event(_ kind: String, _ fields: JSONObject = [:]) {
    let event = JobEvent(time: JobClock.now(), job: id, kind: kind, fields: fields)
    if event.isNotable { keeper.note { $0.add(event) } }
    for subscriber in subscribers { subscriber.handler(event) }
  }

  /// Calls `handler` for every event from now on.
  package func subscribe(_ handler: @escaping @LoopActor (JobEvent) -> Void) -> Subscription {
    lastSubscription += 1
    let subscription = Subscription(number: lastSubscription)
    subscribers.append((subscription, handler))
    return subscription
  }

  /// Ends a subscription.
  package func unsubscribe(_ subscription: Subscription) { subscribers.removeAll { $0.subscription == subscription } }

  var hasSubscribers: Bool { !subscribers.isEmpty }

  private func tell(_ error: JournalError?) {
    if let error {
      event(
        "warning",
        ["message": .string("\(error); the job goes on, and would be resumed from an older point"), "journal": true])
    } else {
      event("journal_restored")
    }
  }

  // MARK: Control

  /// Begins nothing new until `unpause`. Nothing when it does not run, or is ending.
  package func pause() {
    guard state == .running, wish == nil else { return }
    gate.close()
    stored.state = .paused
    event("paused")
    changed()
  }

  /// Ends a pause.
  package func unpause() {
    guard state == .paused, wish == nil else { return }
    gate.open()
    stored.state = .running
    event("continued")
    changed()
  }

  /// Ends the run in order; it can be resumed.
  package func stop() { end(.stop) }

  /// Ends the run in order, for good.
  package func cancel() { end(.cancel) }

  private func end(_ wish: Wish) {
    guard state.isActive, end == nil, self.wish != .cancel, self.wish != wish else { return }
    self.wish = wish
    event(wish == .stop ? "stopping" : "cancelling")
    task?.cancel()
  }

  /// Limits the work; false: it has no limit to set.
  @discardableResult
  package func setRate(_ rate: JobRate) -> Bool {
    guard let work, end == nil, work.apply(rate) else { return false }
    stored.rate = rate
    event("rate", ["rate": .string(rate.description)])
    changed()
    return true
  }

  /// Does what was asked for, or says why not.
  func obey(_ request: JobRequest) -> JobError? {
    guard state.isActive, end == nil else { return .notRunning(id, state: state.rawValue) }
    switch request {
    case .pause, .resume:
      guard wish == nil else { return .refused(id, reason: "it is about to end") }
      if request == .pause { pause() } else { unpause() }
    case .stop: stop()
    case .cancel: cancel()
    case .rate(let rate):
      guard setRate(rate) else { return .noLimit(id) }
    }
    return nil
  }

  /// Brings the record, and how far the work has come, to the journal, soon.
  private func changed() {
    noteRecord()
    Task { @LoopActor in await save() }
  }

  func noteRecord() {
    var record = stored
    // The rest is written on its own.
    record.progress = nil
    record.steps = []
    keeper.note { $0.record = record }
  }

  /// Waits until the run has ended and the journal knows it.
  package func outcome() async -> JobEnd {
    while true {
      if let end { return end }
      await suspendOnLoop { continuation in
        guard end == nil else { return continuation.resume() }
        waiters.append(continuation)
      }
    }
  }
}
