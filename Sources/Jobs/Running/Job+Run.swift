import EventLoop
import JSON

extension Job {
  /// Writes down that it runs now, then lets the work begin. Throws when that cannot be written: nothing was done then.
  func begin(_ work: any JobWork) async throws(JournalError) {
    let isFirst = stored.startedAt == nil
    let before = stored.stateName
    stored.state = .running
    stored.owner = Operator.process
    stored.startedAt = stored.startedAt ?? JobClock.now()
    stored.endedAt = nil
    stored.error = ""
    stored.outcome = nil
    for number in stored.steps.indices where [.running, .failed].contains(stored.steps[number].state) {
      change(number) { $0.state = .waiting }
    }
    event(
      isFirst ? "started" : "resumed",
      isFirst ? ["owner": .string(stored.owner)] : ["owner": .string(stored.owner), "was": .string(before)])
    noteRecord()
    if let earlier = stored.progress?.ofEarlierRun {
      stored.progress = earlier
      keeper.note { $0.progress = earlier.trimmed }
    }
    if let error = await keeper.flush() { throw error }
    self.work = work
    if let rate = stored.rate { _ = work.apply(rate) }
    let task = Task { @LoopActor in try await work.run(in: self) }
    self.task = task
    // On its own: what it writes at the end is not cancelled with the work.
    Task { @LoopActor in await self.finish(await task.result) }
  }

  /// Notes how far the work has come.
  private func sample() {
    guard let work, !keeper.isAbandoned else { return }
    let moved = work.takeCheckpoints()
    let progress = work.progress
    if !moved.isEmpty { keeper.note { change in for checkpoint in moved { change.add(checkpoint) } } }
    guard let progress, progress != stored.progress else { return }
    stored.progress = progress
    stored.writtenAt = JobClock.now()
    let kept = progress.trimmed
    keeper.note { $0.progress = kept }
  }

  /// Once a second: tells everybody how far the work has come, also when it has not moved.
  func report() async {
    sample()
    // Nothing is told after the end, which is being written down.
    if stored.endedAt == nil, hasSubscribers, let progress = stored.progress,
      case .object(let members) = progress.trimmed.json
    {
      var fields = JSONObject()
      for member in members { fields[member.key] = member.value }
      event("progress", fields)
    }
    await keeper.flush()
  }

  /// Brings everything to the journal that it does not know yet.
  func save() async {
    sample()
    await keeper.flush()
  }

  private func finish(_ result: Result<JobOutcome, any Error>) async {
    if keeper.isAbandoned { return }
    var failure: (any Error)?
    switch result {
    case .success(let outcome):
      stored.outcome = outcome
      stored.state = outcome.isComplete ? .done : endState
    case .failure(let error):
      stored.state = endState
      if wish == nil || !(error is CancellationError) { failure = error }
      if wish == nil { stored.error = "\(error)" }
    }
    stored.endedAt = JobClock.now()
    // Before the event: who hears it finds the last counts.
    sample()
    var fields: JSONObject = [:]
    if let outcome = stored.outcome {
      fields["status"] = .integer(Int64(outcome.status))
      fields["message"] = .string(outcome.headline)
    } else if let failure {
      fields["message"] = .string("\(failure)")
    }
    event(stored.state.rawValue, fields)
    noteRecord()
    await saveTheEnd()
    lock?.release()
    work = nil
    task = nil
    end = JobEnd(state: stored.state, outcome: stored.outcome, failure: failure, didNothing: stored.didNothing)
    onEnd?()
    let released = waiters
    waiters = []
    for waiter in released { waiter.resume() }
  }

  private var endState: JobState {
    switch wish {
    case .stop: .stopped
    case .cancel: .cancelled
    case nil: .failed
    }
  }

  /// With some patience: a journal that cannot be written now will say that the job was interrupted, which is safe, but
  /// not the truth.
  private func saveTheEnd() async {
    for attempt in 0..<3 {
      if attempt > 0 { try? await loopSleep(retryPause) }
      if await keeper.flush() == nil { return }
    }
  }

  /// As if the process had been killed: the lock is free, and nothing is written any more. For tests.
  func abandon() {
    keeper.isAbandoned = true
    lock?.release()
    task?.cancel()
  }
}
