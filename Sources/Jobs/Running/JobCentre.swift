package import EventLoop
import JSON

/// All jobs: those of this process, and those that other processes have written to the same journal.
@LoopActor
package final class JobCentre {
  /// The jobs that this process runs, in the order of their numbers.
  package private(set) var running: [Job] = []
  /// Why jobs are not written down and cannot be resumed; nil: they are, or none was begun yet.
  package private(set) var warning: String?

  private(set) var journal: Journal
  /// A job of this process is in the journal.
  private var hasBegun = false
  private(set) var locks: JobLocks?
  let tick: Duration
  /// How long another process may take to react to a request.
  let patience: Duration
  private var ticker: Task<Void, Never>?
  /// Of the journal, when it was last asked for requests; nil: ask.
  private var seenVersion: Int64?
  /// Ticks from one progress to the next.
  private static let ticksPerReport = 4

  /// - Parameter directory: where the journal and the lock files are, made when the first job begins; nil: jobs live in
  ///   memory only
  /// - Parameter tick: how often requests of other processes are looked for, and a quarter of the time from one
  ///   checkpoint to the next
  package init(directory: String?, tick: Duration = .milliseconds(250), patience: Duration = .seconds(5)) {
    journal = Journal(directory: directory)
    locks = directory.map(JobLocks.init(directory:))
    self.tick = tick
    self.patience = patience
  }

  // MARK: Beginning

  /// Writes the plan down, takes the job's lock and begins.
  ///
  /// - Parameter rate: the limit it begins with, `job.rate` in `makeWork`; nil: none was asked for
  /// - Throws: `JournalError` when the journal is damaged or too new, or cannot be written although it could be opened,
  ///   and what `makeWork` throws
  package func start(
    _ plan: JobPlan, rate: JobRate? = nil, makeWork: @LoopActor (Job) throws -> any JobWork
  ) async throws -> Job {
    await noticeLoss()
    try await openOrDoWithout()
    let id = try await journal.perform("write the plan of a job") { (connection) throws(SQLError) in
      try connection.insert(plan, rate: rate, operatorName: Operator.name, at: JobClock.now())
    }
    let lock = try await takeLock(id)
    do {
      return try await begin(id, lock, isResume: false, makeWork)
    } catch {
      // Nothing was done. What cannot be removed stays behind as planned.
      try? await remove(id)
      lock?.release()
      throw error
    }
  }

  /// Goes on with a job that nobody works on.
  ///
  /// - Throws: `JobError` (`runsElsewhere`, `final`, `unknown`, `refused`, `unreadable`), `JournalError`, and what
  ///   `makeWork` throws
  package func resume(_ id: JobID, makeWork: @LoopActor (Job) throws -> any JobWork) async throws -> Job {
    guard await journal.exists() else { throw JobError.unknown(id, nearest: nil) }
    // First of all whether there is such a job: a lock file is made only for one that there is.
    let known = try await record(id)
    if known.isHeld { throw JobError.runsElsewhere(id, owner: known.owner) }
    let lock = try await takeLock(id)
    do {
      return try await begin(id, lock, isResume: true, makeWork)
    } catch {
      lock?.release()
      throw error
    }
  }

  /// With the lock in hand. Reads the record under it: before, another process may have changed everything.
  private func begin(
    _ id: JobID, _ lock: JobLock?, isResume: Bool, _ makeWork: @LoopActor (Job) throws -> any JobWork
  ) async throws -> Job {
    let (stored, checkpoints) = try await journal.perform("read job \(id)") { (connection) throws(SQLError) in
      if isResume { try connection.refuseRequests(left: id) }
      return (try connection.record(id), try connection.checkpoints(of: id))
    }
    guard let stored else { throw JobError.unknown(id, nearest: nil) }
    if stored.record.state.isFinal { throw JobError.final(id, stored.record.state) }
    if let problem = stored.problem { throw JobError.unreadable(id, reason: problem) }
    let job = Job(
      stored.record, checkpoints: checkpoints, journal: journal, lock: lock, retryPause: tick * Self.ticksPerReport)
    let work = try makeWork(job)
    if isResume, stored.record.isInterrupted, !work.canResumeAfterInterruption {
      throw JobError.refused(id, reason: "its last run was killed, and it cannot go on after that; begin it anew")
    }
    job.onEnd = { [weak self, weak job] in self?.running.removeAll { $0 === job } }
    hasBegun = true
    running.append(job)
    running.sort { $0.id < $1.id }
    do {
      try await job.begin(work)
    } catch {
      running.removeAll { $0 === job }
      throw error
    }
    seenVersion = nil
    startTicker()
    return job
  }

  /// Without a place to write to, jobs can still run; with a damaged journal, somebody has to decide.
  private func openOrDoWithout() async throws(JournalError) {
    do throws(JournalError) {
      try await journal.open()
    } catch {
      guard error.kind == .unwritable || error.kind == .full else { throw error }
      warning = "\(error); jobs run, but none can be resumed once this shell has ended"
      journal = Journal(directory: nil)
      locks = nil
      try await journal.open()
    }
  }

  /// Somebody may have removed the journal below this process. Its jobs go on, with the file that has no name any more: it
  /// ends with the process.
  func noticeLoss() async {
    guard locks != nil, await journal.isLost() else { return }
    guard hasBegun else {
      // Nothing of ours was in it.
      let lost = journal
      await lost.close()
      if journal === lost { journal = Journal(directory: lost.file.directory) }
      return
    }
    // Another call may have come here first.
    guard locks != nil else { return }
    locks = nil
    let text =
      "the journal \(journal.file.path) was removed; jobs go on, but none can be resumed once this shell has ended"
    warning = text
    for job in running { job.event("warning", ["message": .string(text), "journal": true]) }
  }

  /// Throws `JobError.runsElsewhere`.
  func takeLock(_ id: JobID) async throws -> JobLock? {
    guard let locks else {
      if running.contains(where: { $0.id == id }) { throw JobError.runsElsewhere(id, owner: Operator.process) }
      return nil
    }
    let lock = try await BlockingPool.run { () throws(JournalError) in try locks.take(id, owner: Operator.process) }
    if let lock { return lock }
    let owner = await BlockingPool.run { locks.holder(of: id) }
    throw JobError.runsElsewhere(id, owner: owner ?? "another process")
  }

  // MARK: Ending

  /// Stops all jobs of this process in order, and waits until they have ended.
  package func stopAll() async {
    let all = running
    for job in all { job.stop() }
    for job in all { _ = await job.outcome() }
  }

  /// Stops all jobs, and closes the journal: nothing can be asked of it afterwards.
  package func close() async {
    await stopAll()
    await journal.close()
  }

  /// As if the process had been killed. For tests.
  func abandon() {
    for job in running { job.abandon() }
    running = []
    ticker?.cancel()
  }

  // MARK: Ticks

  private func startTicker() {
    guard ticker == nil else { return }
    // It keeps the centre alive until the last job has ended.
    ticker = Task { @LoopActor in
      var count = 0
      while !running.isEmpty, (try? await loopSleep(tick)) != nil {
        count += 1
        await takeRequests()
        guard count % Self.ticksPerReport == 0 else { continue }
        await noticeLoss()
        for job in running { await job.report() }
      }
      ticker = nil
    }
  }

  /// Does what other processes have asked the jobs of this one for.
  private func takeRequests() async {
    guard locks != nil else { return }
    let seen = seenVersion
    let found = try? await journal.perform("look for requests") { (connection) throws(SQLError) in
      let version = try connection.dataVersion()
      return (version, seen == version ? [] : try connection.openRequests())
    }
    // A journal that cannot be read now is asked again.
    guard let (version, requests) = found else { return }
    seenVersion = version
    for request in requests {
      guard let job = running.first(where: { $0.id == request.job }) else { continue }
      let refusal = request.request.map { job.obey($0)?.reason } ?? "it does not know such a request"
      job.keeper.note { $0.answers[request.id] = .some(refusal) }
      // In the same transaction as what it changed.
      await job.save()
    }
  }
}
