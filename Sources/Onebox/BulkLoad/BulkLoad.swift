internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// One bulk load of one table. As on real servers nothing changes but in rounds: a meta server looks at its partitions,
/// and takes the next step when all of them are done with the present one.
@LoopActor
final class BulkLoad {
  private(set) var record: BulkLoadRecord
  let table: Table
  let service: LocalBlockService
  unowned let cluster: Cluster
  var parts: [BulkLoadPart]
  private let file: RecordFile<BulkLoadRecord>
  private var task: Task<Void, Never>?
  private var isSaved = false
  private var isStopping = false

  init(
    _ record: BulkLoadRecord, table: Table, service: LocalBlockService, file: RecordFile<BulkLoadRecord>,
    cluster: Cluster
  ) {
    self.record = record
    self.table = table
    self.service = service
    self.cluster = cluster
    self.file = file
    self.parts = record.parts.map { part in
      var state = BulkLoadPart()
      if part.isIngested {
        state.progress = 100
        state.ingestion = .succeed
      }
      return state
    }
    table.isBulkLoading = record.isRunning
  }

  var status: BulkLoadStatus { BulkLoadStatus(rawValue: record.status) }

  /// Where a partition's files are while they are loaded.
  func localDirectory(_ index: Int) -> String { table.partitions[index].directory + "/bulk_load" }

  // MARK: Keeping

  /// Throws what keeps a new load from being kept.
  func keep() throws {
    try file.save(record)
    isSaved = true
  }

  /// A change that cannot be kept now is kept in a later round.
  func change(_ edit: (inout BulkLoadRecord) -> Void) {
    edit(&record)
    isSaved = false
    save()
  }

  private func save() {
    guard !isSaved else { return }
    do {
      try keep()
    } catch {
      Log.error("bulk load of table \(record.tableID): cannot keep its state: \(error)")
    }
  }

  // MARK: Rounds

  func start() {
    task = Task { @LoopActor in await self.run() }
  }

  /// Ends everything that is under way; the record stays as it is.
  func stop() async {
    isStopping = true
    task?.cancel()
    await task?.value
    cancelTasks()
    for part in parts { await part.task?.value }
  }

  /// What a crash or a stop has interrupted begins again with the download, as after a change of primaries. What was
  /// ingested stays so.
  func resume() {
    if status == .downloaded || status == .ingesting { change { Self.setStatus(.downloading, &$0) } }
    start()
  }

  private func run() async {
    while record.isRunning, !Task.isCancelled {
      round()
      save()
      let pause = cluster.options.storageRound
      try? await loopSleep(status == .ingesting ? min(pause, .milliseconds(150)) : pause)
    }
  }

  private func round() {
    switch status {
    case .downloading: lookAtDownloads()
    case .downloaded:
      change {
        Self.setStatus(.ingesting, &$0)
        $0.hasEverIngested = true
      }
      lookAtIngestions()
    case .ingesting: lookAtIngestions()
    case .pausing:
      guard parts.allSatisfy({ $0.task == nil }) else { return cancelTasks() }
      for index in parts.indices { parts[index].isPaused = true }
      change { Self.setStatus(.paused, &$0) }
    case .paused: break
    default: cleanUp()
    }
  }

  private static func setStatus(_ status: BulkLoadStatus, _ record: inout BulkLoadRecord) {
    record.status = status.rawValue
    for index in record.parts.indices { record.parts[index].status = status.rawValue }
  }

  private func lookAtDownloads() {
    if let bad = parts.first(where: { $0.downloadCode != .ok && $0.downloadCode != .busy }) {
      return fail(bad.downloadCode)
    }
    startDownloads()
    for index in parts.indices where parts[index].progress == 100 && parts[index].task == nil {
      record.parts[index].status = BulkLoadStatus.downloaded.rawValue
    }
    guard parts.allSatisfy({ $0.progress == 100 && $0.task == nil }) else { return }
    change { Self.setStatus(.downloaded, &$0) }
  }

  private func lookAtIngestions() {
    if parts.contains(where: { $0.ingestion == .failed }) { return fail(.ingestionFailed) }
    guard startIngestions() else { return rollBack() }
    guard parts.allSatisfy({ $0.ingestion == .succeed && $0.task == nil }) else { return }
    change { Self.setStatus(.succeed, &$0) }
    for partition in table.partitions { partition.counters.loadsSuccessful += 1 }
  }

  private func rollBack() {
    cancelTasks()
    let limit = cluster.metaSettings.number(RemoteSettings.bulkLoadMaxRollbacks)
    guard record.rollbacks < limit else {
      return fail(record.hasEverIngested ? .ingestionFailed : .retryExhausted)
    }
    change {
      $0.rollbacks += 1
      Self.setStatus(.downloading, &$0)
    }
    for index in parts.indices where !record.parts[index].isIngested {
      // What is under way ends by itself, and is waited for.
      let task = parts[index].task
      parts[index] = BulkLoadPart()
      parts[index].task = task
    }
  }

  private func fail(_ code: ErrorCode) {
    Log.error("bulk load of table \(record.tableID) failed: \(code.name)")
    cancelTasks()
    for partition in table.partitions { partition.counters.loadsFailed += 1 }
    change {
      Self.setStatus(.failed, &$0)
      $0.failure = code.name
    }
  }

  private func cancelTasks() {
    for part in parts { part.task?.cancel() }
  }

  /// Two rounds: one removes the files, the next sees that all are gone, and the load is over.
  private func cleanUp() {
    guard parts.allSatisfy({ $0.task == nil }) else { return cancelTasks() }
    if parts.allSatisfy(\.isCleanedUp) {
      change { $0.isRunning = false }
      table.isBulkLoading = false
      return
    }
    for index in parts.indices where table.partitions.indices.contains(index) {
      let directory = localDirectory(index)
      run(index) { _ in
        await BlockingPool.run { Files.removeTree(directory) }
        self.parts[index].isCleanedUp = true
      }
    }
  }

  /// Runs `work` as what the partition is doing.
  func run(_ index: Int, _ work: @escaping @LoopActor (Int) async -> Void) {
    guard !isStopping else { return }
    parts[index].task = Task { @LoopActor in
      await work(index)
      self.parts[index].task = nil
    }
  }

  // MARK: Control

  /// Nil when it is taken; otherwise why not.
  func control(_ type: BulkLoadControlType) -> String? {
    func refused(_ verb: String) -> String {
      "can not \(verb) bulk load for app(\(record.tableName)) with status(replication::bulk_load_status::"
        + "\(status.name))"
    }
    switch type {
    case .pause:
      guard status == .downloading else { return refused("pause") }
      change { $0.status = BulkLoadStatus.pausing.rawValue }
      cancelTasks()
    case .restart:
      guard status == .paused else { return refused("restart") }
      for index in parts.indices { parts[index].isPaused = false }
      change { Self.setStatus(.downloading, &$0) }
    case .cancel:
      guard status == .downloading || status == .paused else { return refused("cancel") }
      cancel()
    default: cancel()
    }
    return nil
  }

  private func cancel() {
    cancelTasks()
    change { Self.setStatus(.canceled, &$0) }
  }
}
