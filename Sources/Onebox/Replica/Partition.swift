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
  private let plan: PartitionPlan
  private unowned let cluster: Cluster
  /// Nil while the files could not be opened again after a failure.
  private(set) var store: PartitionStore?
  /// Why writes are refused now.
  private(set) var failure: StorageError?
  private var pending: [PendingReply] = []
  /// Answers that `commit` is sending; kept for its memory.
  private var answering: [PendingReply] = []
  private var isReopening = false

  init(plan: PartitionPlan, opened: OpenedPartition, table: Table, cluster: Cluster) {
    self.gpid = plan.gpid
    self.primary = plan.primary
    self.plan = plan
    self.table = table
    self.cluster = cluster
    self.throttles = Throttles(table.settings, partitionCount: table.record.partitionCount)
    self.store = PartitionStore(opened, syncs: cluster.options.syncsWrites, clusterID: cluster.options.clusterID)
  }

  // MARK: Settings

  func settingsChanged() {
    throttles = Throttles(table.settings, partitionCount: table.record.partitionCount)
    store?.filter.defaultTTL = table.settings.defaultTTL
    if let store { try? store.setMeta(OpenedPartition.usageScenarioKey, table.settings.usageScenario) }
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
    guard !isReopening else { return }
    isReopening = true
    let plan = plan
    if !readOnly {
      scans.removeAll()
      store = nil
    }
    Task { @LoopActor in
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
    guard table.record.status == .available else { return }
    install(opened)
    if readOnly { return }
    failure = nil
    Log.info("partition \(gpid): recovered")
  }

  private func install(_ opened: OpenedPartition) {
    store = PartitionStore(opened, syncs: cluster.options.syncsWrites, clusterID: cluster.options.clusterID)
    store?.filter.defaultTTL = table.settings.defaultTTL
  }

  /// Bytes that the engine will write without being asked: what is in memory, and its next log, which it sets aside.
  var owedBytes: UInt64 {
    guard let inMemory = store?.database.number("rocksdb.cur-size-all-mem-tables"), inMemory > 64 << 10 else {
      return 0
    }
    return (inMemory + UInt64(clamping: plan.options.writeBufferSize)) / 10 * 12
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
    defer { store = nil }
    return store?.database
  }

  // MARK: Manual compaction

  /// Starts a compaction when the environment asks for one newer than the last.
  func compactIfTriggered() {
    let settings = table.settings
    guard let store, settings.compactionTrigger > 0, !settings.compactionDisabled,
      compaction.state != .queued, compaction.state != .running,
      settings.compactionTrigger > compaction.lastTrigger,
      settings.compactionTrigger > store.lastManualCompaction / 1000
    else { return }
    compaction.lastTrigger = settings.compactionTrigger
    compaction.enqueued()
    cluster.compactions.enqueue(self, limit: Int(settings.maxConcurrentCompactions))
  }

  /// Called by the queue when it is this partition's turn.
  func runCompaction() async {
    guard let database = store?.database else { return compaction.finished() }
    compaction.started()
    let settings = table.settings
    do {
      try await BlockingPool.run {
        try database.flush()
        try database.compact(
          bottommost: settings.compactsBottommost, targetLevel: settings.compactionTargetLevel)
      }
      compaction.finished()
      try store?.finishedManualCompaction(at: compaction.finishMilliseconds)
    } catch {
      compaction.finished()
      Log.error("partition \(gpid): manual compaction: \(error)")
    }
  }
}
