import EventLoop

extension JobCentre {
  /// All jobs, in the order of their numbers.
  package func list() async throws -> [JobRecord] {
    await noticeLoss()
    guard await journal.exists() else { return [] }
    let locks = locks
    let records = try await journal.perform("read the jobs") { (connection) throws(SQLError) in
      try connection.records(seenWith: locks)
    }
    return records.map(live)
  }

  /// One job. Throws `JobError.unknown`.
  package func record(_ id: JobID) async throws -> JobRecord {
    await noticeLoss()
    guard await journal.exists() else { throw JobError.unknown(id, nearest: nil) }
    let locks = locks
    let (found, nearest) = try await journal.perform("read job \(id)") { (connection) throws(SQLError) in
      let found = try connection.record(id, seenWith: locks)
      return (found, found == nil ? try connection.nearest(to: id) : nil)
    }
    guard let found else { throw JobError.unknown(id, nearest: nearest) }
    return live(found)
  }

  /// A job of this process as it is now.
  private func live(_ record: JobRecord) -> JobRecord { running.first { $0.id == record.id }?.record ?? record }

  /// What happened to a job, oldest first: its notable events, the latest thousand at most.
  package func events(of id: JobID) async throws -> [JobEvent] {
    await running.first { $0.id == id }?.save()
    _ = try await record(id)
    return try await journal.perform("read the events of job \(id)") { (connection) throws(SQLError) in
      try connection.events(of: id)
    }
  }

  /// How far the parts of a job have come, as the journal knows it.
  package func checkpoints(of id: JobID) async throws -> [Checkpoint] {
    _ = try await record(id)
    return try await journal.perform("read the checkpoints of job \(id)") { (connection) throws(SQLError) in
      try connection.checkpoints(of: id)
    }
  }

  /// Removes a job from the journal, with all it knows of it. Throws `JobError.runsElsewhere` while a process holds it.
  package func forget(_ id: JobID) async throws {
    _ = try await record(id)
    let lock = try await takeLock(id)
    defer { lock?.release() }
    try await remove(id)
  }

  /// With the lock in hand.
  func remove(_ id: JobID) async throws(JournalError) {
    let locks = locks
    try await journal.perform("forget job \(id)") { (connection) throws(SQLError) in
      try connection.run("DELETE FROM jobs WHERE id = ?", .integer(id.rawValue))
      locks?.remove(id)
    }
  }

  /// Forgets jobs that ended for good before that moment, in milliseconds since 1970. Answers how many.
  @discardableResult
  package func prune(endedBefore moment: Int64) async throws -> Int {
    var count = 0
    for record in try await list() where record.state.isFinal && record.endedAt ?? record.createdAt < moment {
      try await forget(record.id)
      count += 1
    }
    return count
  }
}

extension Connection {
  fileprivate func records(seenWith locks: JobLocks?) throws(SQLError) -> [JobRecord] {
    var seen: [JobRecord] = []
    for job in try records() { seen.append(try look(at: job, locks)) }
    return seen
  }

  fileprivate func record(_ id: JobID, seenWith locks: JobLocks?) throws(SQLError) -> JobRecord? {
    guard let job = try record(id) else { return nil }
    return try look(at: job, locks)
  }

  /// One that seems interrupted is looked at twice: it may have ended between a look at it and one at its lock.
  private func look(at job: StoredJob, _ locks: JobLocks?) throws(SQLError) -> JobRecord {
    let seen = job.seen(with: locks)
    guard seen.isInterrupted, let again = try record(seen.id) else { return seen }
    return again.seen(with: locks)
  }
}

extension StoredJob {
  /// With what its lock tells.
  fileprivate func seen(with locks: JobLocks?) -> JobRecord {
    var record = record
    if !record.state.isFinal, let holder = locks?.holder(of: record.id) {
      record.isHeld = true
      record.owner = holder
    }
    return record
  }
}
