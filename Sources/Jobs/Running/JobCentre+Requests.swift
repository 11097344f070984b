import EventLoop
import JSON

extension JobCentre {
  private enum Answer {
    case done
    /// Whoever worked on the job has gone, or the request has: look again.
    case nobodyThere
  }

  /// Asks a job for something: one of this process at once, that of another process through the journal.
  ///
  /// A job that nobody works on can be cancelled, and its rate be set for its next run.
  /// - Returns: the job afterwards; a stop or cancel may still be on its way
  /// - Throws: `JobError`: `notTaken` when the other process has not answered after five seconds
  @discardableResult
  package func request(_ id: JobID, _ request: JobRequest) async throws -> JobRecord {
    if let job = running.first(where: { $0.id == id }) {
      if let refusal = job.obey(request) { throw refusal }
      await job.save()
      return job.record
    }
    while true {
      let known = try await record(id)
      if !known.isHeld {
        try await change(known, request)
        break
      }
      if try await ask(known, request) == .done { break }
    }
    return try await record(id)
  }

  /// What can be done to a job that nobody works on.
  private func change(_ known: JobRecord, _ request: JobRequest) async throws {
    let id = known.id
    switch request {
    case .pause, .resume, .stop: throw JobError.notRunning(id, state: known.stateName)
    case .cancel, .rate: break
    }
    if known.state.isFinal { throw JobError.notRunning(id, state: known.stateName) }
    let lock = try await takeLock(id)
    defer { lock?.release() }
    let now = JobClock.now()
    let state = try await journal.perform("change job \(id)") { (connection) throws(SQLError) -> JobState? in
      // Under the lock: another process may have run it to its end since we looked.
      guard var record = try connection.record(id)?.record, !record.state.isFinal else {
        return try connection.record(id)?.record.state
      }
      var change = JobChange(id)
      switch request {
      case .rate(let rate):
        record.rate = rate
        change.add(JobEvent(time: now, job: id, kind: "rate", fields: ["rate": .string(rate.description)]))
      default:
        record.state = .cancelled
        record.endedAt = now
        change.add(JobEvent(time: now, job: id, kind: "cancelled", fields: ["by": .string(Operator.process)]))
      }
      change.record = record
      try connection.write(change)
      return nil
    }
    if let state { throw JobError.notRunning(id, state: state.rawValue) }
  }

  /// Leaves a request in the journal and waits until it is answered.
  private func ask(_ known: JobRecord, _ request: JobRequest) async throws -> Answer {
    let id = known.id
    let number = try await journal.perform("ask for job \(id)") { (connection) throws(SQLError) in
      try connection.insert(request, for: id, asker: Operator.process)
    }
    let end = Monotonic.now() + patience
    let locks = locks
    while true {
      let (answer, isHeld) = try await journal.perform("ask for job \(id)") { (connection) throws(SQLError) in
        // The lock before the answer: whoever lets go of it has answered before.
        let isHeld = locks?.holder(of: id) != nil
        return (try connection.answer(to: number), isHeld)
      }
      if let answer {
        try await journal.perform("ask for job \(id)") { (connection) throws(SQLError) in
          try connection.removeRequest(number)
        }
        if !answer.isEmpty { throw JobError.refused(id, reason: answer) }
        return .done
      }
      let isLate = Monotonic.now() >= end
      if !isHeld || isLate || Task.isCancelled {
        let (isOurs, isThere) = try await journal.perform("ask for job \(id)") { (connection) throws(SQLError) in
          (try connection.withdraw(number), try connection.hasRequest(number))
        }
        if !isOurs, isThere { continue }
        try Task.checkCancellation()
        if !isHeld || !isOurs { return .nobodyThere }
        throw JobError.notTaken(id, owner: known.owner)
      }
      try? await loopSleep(min(tick, .milliseconds(50)))
    }
  }
}
