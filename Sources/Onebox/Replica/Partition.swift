internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// One partition of a table: its rows, the answers that wait for the next commit, its scans, its throttles.
@LoopActor
final class Partition {
  let gpid: GPID
  let table: Table
  /// Index of the server that is its primary.
  private(set) var primary: Int
  /// The primary's address as replies name it.
  private var server: String { cluster.nodes[primary].text }
  let counters = PartitionCounters()
  var scans = ScanRegistry()
  let compaction = CompactionState()
  private(set) var throttles: Throttles
  private var plan: PartitionPlan
  private unowned let cluster: Cluster
  /// Nil while the files could not be opened again after a failure.
  private(set) var store: PartitionStore?
  /// Why writes are refused now.
  private(set) var failure: StorageError?
  private var pending: [PendingReply] = []
  /// Answers that `commit` is sending; kept for its memory.
  private var answering: [PendingReply] = []
  private var isReopening = false
  /// What works with the files off the loop now.
  private var reopening: Task<Void, Never>?
  private var tuning: Task<Void, Never>?
  /// Its files were given away: what is still under way for it changes nothing any more, and the cluster may be gone.
  private var isReleased = false
  /// Files of a bulk load are being taken in: writes are refused until it is done.
  var isIngesting = false
  /// What the storage is tuned for now.
  private(set) var scenario = UsageScenario.normal
  private var appliedBufferSize = 0
  private var isTuning = false

  init(plan: PartitionPlan, opened: OpenedPartition, table: Table, cluster: Cluster) {
    self.gpid = plan.gpid
    self.primary = plan.primary
    self.plan = plan
    self.table = table
    self.cluster = cluster
    self.throttles = Throttles(table.settings, partitionCount: table.record.partitionCount)
    install(opened)
  }

  /// Where its files are.
  var directory: String { plan.directory }

  // MARK: Settings

  func settingsChanged() {
    throttles = Throttles(table.settings, partitionCount: table.record.partitionCount)
    store?.filter.defaultTTL = table.settings.defaultTTL
    store?.filter.rules = table.settings.compactionRules
    tune()
    compactIfTriggered()
  }

  /// The expiry a written row gets: its own, or the table's default.
  @inline(__always)
  func expiry(_ requested: Int32) -> UInt32 {
    if requested == 0, table.settings.defaultTTL > 0 {
      return WallClock.secondsSince2016 &+ table.settings.defaultTTL
    }
    return UInt32(bitPattern: requested)
  }

  func withThrottles<Result>(_ body: (inout Throttles) -> Result) -> Result { body(&throttles) }

  /// Makes another server the primary. All servers share the files, so that nothing has to be copied; scans that are open
  /// are lost, as when a replica moves in a real cluster.
  func move(to server: Int) {
    guard server != primary, cluster.nodes.indices.contains(server) else { return }
    commit()
    scans.removeAll()
    primary = server
  }

  // MARK: Group commit

  /// Answers when what was collected so far has been written.
  @inline(__always)
  func answerAfterCommit(_ reply: PendingReply) {
    if pending.isEmpty { cluster.commitLater(self) }
    pending.append(reply)
  }

  /// Writes all that was collected in one step and answers everyone who waits for it. Called at the end of a turn, and
  /// before a read, so that a client reads what it has written.
  func commit() {
    guard !pending.isEmpty else { return }
    swap(&pending, &answering)
    defer { answering.removeAll(keepingCapacity: true) }
    guard let store else {
      for reply in answering { reply.fail(.diskIoError) }
      return
    }
    do throws(StorageError) {
      try store.commit()
      counters.commits += 1
      let (gpid, server) = (gpid, server)
      for reply in answering { reply.answer(gpid, server: server) }
    } catch {
      let code = ErrorCode(storing: error)
      for reply in answering { reply.fail(code) }
      fail(error)
    }
  }

  // MARK: Failure and recovery

  /// After a failed write the engine takes no more, and must not go on by itself: it is closed at once, and the files
  /// are opened again, to be read until they can be written.
  private func fail(_ error: StorageError) {
    Log.error("partition \(gpid): \(error); writes are refused until it recovers")
    failure = error
    scans.removeAll()
    store = nil
    cluster.disk.refresh()
    reopen(readOnly: true)
  }

  /// Opens the files for writing again when the cause may be gone. Called every second.
  func recoverIfPossible() {
    guard failure != nil, cluster.disk.hasRoom(for: plan.options.writeBufferSize * 2) else { return }
    reopen(readOnly: false)
  }

  private func reopen(readOnly: Bool) {
    guard !isReopening, !isReleased else { return }
    isReopening = true
    let plan = plan
    if !readOnly {
      scans.removeAll()
      store = nil
    }
    reopening = Task { @LoopActor in
      do {
        let opened = try await BlockingPool.run { try plan.open(readOnly: readOnly) }
        self.reopened(opened, readOnly: readOnly)
      } catch {
        Log.error("partition \(self.gpid): cannot be opened again: \(error)")
      }
      self.isReopening = false
      // Reads at least, when writing is still impossible.
      if !readOnly, self.store == nil { self.reopen(readOnly: true) }
    }
  }

  private func reopened(_ opened: OpenedPartition, readOnly: Bool) {
    guard !isReleased, table.record.status == .available else { return }
    install(opened)
    if readOnly { return }
    failure = nil
    Log.info("partition \(gpid): recovered")
  }

  private func install(_ opened: OpenedPartition) {
    store = PartitionStore(opened, syncs: cluster.options.syncsWrites, clusterID: cluster.options.clusterID)
    store?.filter.defaultTTL = table.settings.defaultTTL
    store?.filter.rules = table.settings.compactionRules
    scenario = .normal
    appliedBufferSize = plan.options.writeBufferSize
    tune()
  }

  /// Tunes the storage for the table's usage scenario, off the loop, one change after the other.
  private func tune() {
    guard !isReleased else { return }
    let settings = table.settings
    plan.options.writeBufferSize = settings.writeBufferSize ?? cluster.options.writeBufferSize
    plan.options.disableAutoCompactions = settings.usageScenario == .bulkLoad
    let size = plan.options.writeBufferSize
    let isCurrent = settings.usageScenario == scenario && size == appliedBufferSize
    guard !isTuning, !isCurrent, failure == nil, let store else { return }
    isTuning = true
    let options = settings.usageScenario.options(for: plan.options)
    let database = store.database
    tuning = Task { @LoopActor in
      do {
        try await BlockingPool.run { () throws(StorageError) in try database.set(options) }
        if self.store === store {
          self.scenario = settings.usageScenario
          self.appliedBufferSize = size
          try store.setMeta(OpenedPartition.usageScenarioKey, settings.usageScenario.rawValue)
        }
      } catch {
        Log.error("partition \(self.gpid): cannot be tuned: \(error)")
      }
      self.isTuning = false
      // The environment, or the storage, may have changed meanwhile.
      if self.table.settings.usageScenario != settings.usageScenario || self.store !== store { self.tune() }
    }
  }

  /// Closes the files and opens them again, with what can only be set then.
  func openAgain() {
    guard failure == nil, store != nil, !isReopening, !isIngesting else { return }
    commit()
    plan = cluster.plan(for: table, index: gpid.partitionIndex)
    reopen(readOnly: false)
  }

  /// Bytes that the engine will write without being asked: what is in memory, and its next log, which it sets aside.
  var owedBytes: UInt64 {
    guard let inMemory = store?.database.number("rocksdb.cur-size-all-mem-tables"), inMemory > 64 << 10 else {
      return 0
    }
    return (inMemory + UInt64(clamping: scenario.writeBufferSize(plan.options))) / 10 * 12
  }

  /// How the files were opened.
  var storageOptions: DatabaseOptions { plan.options }

  /// Writes what is in memory to files, off the loop; for the remote command of that purpose.
  func triggerFlush() -> String {
    guard let database = store?.database else { return "ERR_INVALID_STATE" }
    commit()
    BlockingPool.submit { try? database.flush() }
    return "triggered"
  }

  /// Gives the files away, to be closed elsewhere.
  func release() -> Database? {
    scans.removeAll()
    isReleased = true
    defer { store = nil }
    return store?.database
  }

  /// Waits until nothing that was begun before `release` has the files open.
  func settled() async {
    await reopening?.value
    await tuning?.value
  }

  // MARK: Manual compaction

  /// Starts a compaction when the environment asks for one newer than the last: once, or each day at some times.
  func compactIfTriggered() {
    let settings = table.settings
    guard settings.compactionTrigger > 0 || !settings.periodicTriggers.isEmpty, let store,
      !settings.compactionDisabled, compaction.state != .queued, compaction.state != .running
    else { return }
    let last = max(compaction.lastTrigger, store.lastManualCompaction / 1000)
    if settings.compactionTrigger > last {
      compaction.lastTrigger = settings.compactionTrigger
      compaction.request = settings.compactionRequest
    } else if let time = settings.periodicTriggerPassed(since: last) {
      compaction.lastTrigger = time
      compaction.request = settings.periodicRequest
    } else {
      return
    }
    compaction.enqueued()
    cluster.compactions.enqueue(self, limit: Int(settings.maxConcurrentCompactions))
  }

  /// Called by the queue when it is this partition's turn.
  func runCompaction() async {
    guard let database = store?.database else { return compaction.finished() }
    compaction.started()
    let request = compaction.request
    do {
      try await BlockingPool.run {
        try database.flush()
        try database.compact(bottommost: request.rewritesBottommost, targetLevel: request.targetLevel)
      }
      compaction.finished()
      try store?.finishedManualCompaction(at: compaction.finishMilliseconds)
    } catch {
      compaction.finished()
      Log.error("partition \(gpid): manual compaction: \(error)")
    }
  }
}
