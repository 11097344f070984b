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
  let primary: Int
  /// The primary's address as replies name it.
  private let server: String
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
    self.server = cluster.nodes[plan.primary].text
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

  // MARK: Group commit

  /// True when something waits for `commit`.
  var hasPending: Bool { !pending.isEmpty }

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

  /// After a failed write the engine takes no more: the files have to be opened again.
  private func fail(_ error: StorageError) {
    if failure == nil { Log.error("partition \(gpid): \(error); writes are refused until it recovers") }
    failure = error
    cluster.disk.refresh()
  }

  /// Opens the files again when the cause may be gone. Called every second.
  func recoverIfPossible() {
    guard failure != nil, !isReopening, cluster.disk.hasRoom(for: plan.options.writeBufferSize * 2) else { return }
    isReopening = true
    scans.removeAll()
    store = nil
    Task { @LoopActor in
      await self.reopen()
      self.isReopening = false
    }
  }

  private func reopen() async {
    let plan = plan
    do {
      reopened(try await BlockingPool.run { try plan.open() })
    } catch {
      Log.error("partition \(gpid): cannot be opened again: \(error)")
      // Reads at least.
      guard let opened = try? await BlockingPool.run({ try plan.open(readOnly: true) }) else { return }
      if table.record.status == .available { install(opened) }
    }
  }

  private func reopened(_ opened: OpenedPartition) {
    guard table.record.status == .available else { return }
    install(opened)
    failure = nil
    Log.info("partition \(gpid): recovered")
  }

  private func install(_ opened: OpenedPartition) {
    store = PartitionStore(opened, syncs: cluster.options.syncsWrites, clusterID: cluster.options.clusterID)
    store?.filter.defaultTTL = table.settings.defaultTTL
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
      settings.compactionTrigger * 1000 > store.lastManualCompaction
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
