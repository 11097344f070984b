internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol

/// One backup policy at work: rounds on schedule, one at a time, of which the latest are kept.
@LoopActor
final class BackupPolicy {
  private(set) var record: PolicyRecord
  private let file: RecordFile<PolicyRecord>
  private unowned let cluster: Cluster
  private var task: Task<Void, Never>?

  init(_ record: PolicyRecord, file: RecordFile<PolicyRecord>, cluster: Cluster) {
    self.record = record
    self.file = file
    self.cluster = cluster
  }

  var isRunning: Bool { task != nil }

  /// Keeps a change; throws what keeps it from being kept, and then there is none.
  func change(_ edit: (inout PolicyRecord) -> Void) throws {
    var changed = record
    edit(&changed)
    try file.save(changed)
    record = changed
  }

  /// How long its latest complete round took, in milliseconds.
  var latestDuration: Int64 { record.rounds.last { $0.end > 0 }.map { $0.end - $0.id } ?? 0 }

  // MARK: Rounds

  /// Goes on with a round that a stop or a crash has interrupted.
  func resume() {
    guard let round = record.rounds.last, round.end == 0, !round.hasFailed, !record.isDisabled else { return }
    run(round)
  }

  /// Begins a round when it is time, in unix milliseconds. Answers whether one was begun; that time is its id then.
  func beginIfDue(at now: Int64) -> Bool {
    guard !isRunning, !record.isDisabled, record.start.allows(unixSeconds: now / 1000) else { return false }
    // In seconds: an interval may be any number.
    if let last = record.rounds.last, now - last.id < 0 || (now - last.id) / 1000 < record.intervalSeconds {
      return false
    }
    let tables = record.tables.compactMap { cluster.tables[$0] }.filter { $0.record.status == .available }
    let round = PolicyRecord.Round(
      id: now, tables: Dictionary(uniqueKeysWithValues: tables.map { ($0.record.id, $0.record.name) }))
    do {
      try change { $0.rounds.append(round) }
    } catch {
      Log.error("policy \(record.name): cannot keep a new round: \(error)")
      return false
    }
    run(round)
    return true
  }

  func stop() async {
    task?.cancel()
    await task?.value
  }

  private func run(_ round: PolicyRecord.Round) {
    task = Task { @LoopActor in
      do {
        try await self.backUp(round)
        try self.change { record in
          if let index = record.rounds.firstIndex(where: { $0.id == round.id }) {
            record.rounds[index].end = WallClock.unixMilliseconds
          }
        }
        await self.forgetOldRounds()
      } catch is CancellationError {
        // It goes on with the next start.
      } catch {
        Log.error("policy \(self.record.name): backup \(round.id): \(error)")
        try? self.change { record in
          if let index = record.rounds.firstIndex(where: { $0.id == round.id }) {
            record.rounds[index].hasFailed = true
          }
        }
      }
      self.task = nil
    }
  }

  private func backUp(_ round: PolicyRecord.Round) async throws {
    guard let service = cluster.blockServices[record.provider] else {
      throw BlockServiceError(code: .invalidParameters, reason: "provider \(record.provider) is gone")
    }
    let tree = BackupTree(cluster: cluster.options.backupRoot)
    for id in round.tables.keys.sorted() {
      guard let table = cluster.tables[id], table.record.status == .available else { continue }
      let work = TableBackup(id: round.id, table: table, tree: tree, service: service, cluster: cluster)
      try await work.writeMetadata(of: table)
      let status = AppBackupStatus(totalCheckpointSize: try await work.uploadPartitions())
      let path = tree.appStatus(round.id, work.tableName, id)
      try await BlockingPool.run { try service.write(path, status.contents) }
    }
    let info = info(of: round, status: 1, end: WallClock.unixMilliseconds)
    try await BlockingPool.run { try service.write(tree.info(round.id), info.contents) }
  }

  private func info(of round: PolicyRecord.Round, status: Int32, end: Int64) -> BackupInfo {
    BackupInfo(
      id: round.id, startTime: round.id, endTime: end,
      content: .tables(ids: round.tables.keys.sorted(), names: round.tables, status: status))
  }

  /// Removes what is more than the policy is to keep, the oldest first.
  private func forgetOldRounds() async {
    guard let service = cluster.blockServices[record.provider] else { return }
    let tree = BackupTree(cluster: cluster.options.backupRoot)
    while record.rounds.count > Int(record.historyCount), let oldest = record.rounds.first, !Task.isCancelled {
      let info = info(of: oldest, status: 2, end: oldest.end)
      do {
        try await BlockingPool.run {
          // So that nobody takes a half removed one for a whole.
          if oldest.end > 0 { try service.write(tree.info(oldest.id), info.contents) }
          try service.remove(tree.backup(oldest.id))
        }
        try change { $0.rounds.removeFirst() }
      } catch {
        return Log.error("policy \(record.name): cannot remove backup \(oldest.id): \(error)")
      }
    }
  }
}
