internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The restore of one table, from its creation until all partitions are open.
@LoopActor
final class TableRestore {
  /// Partitions that are downloaded at a time.
  private static let width = 4

  let table: Table
  private let record: RestoreRecord
  private let service: LocalBlockService
  private unowned let cluster: Cluster
  private var task: Task<Void, Never>?
  /// By partition, in thousandths.
  private(set) var progress: [Int32]
  /// By partition: what keeps it, or `ERR_OK`.
  private(set) var codes: [ErrorCode]
  /// Called at the end, with what went wrong for good.
  private let finished: @LoopActor (TableRestore, BlockServiceError?, _ skipped: [Int32]) async -> Void

  init(
    _ table: Table, _ record: RestoreRecord, service: LocalBlockService, cluster: Cluster,
    finished: @escaping @LoopActor (TableRestore, BlockServiceError?, _ skipped: [Int32]) async -> Void
  ) {
    self.table = table
    self.record = record
    self.service = service
    self.cluster = cluster
    self.finished = finished
    self.progress = [Int32](repeating: 0, count: Int(table.record.partitionCount))
    self.codes = [ErrorCode](repeating: .ok, count: Int(table.record.partitionCount))
  }

  func start() {
    task = Task { @LoopActor in await self.run() }
  }

  func stop() async {
    task?.cancel()
    await task?.value
  }

  /// What is beside the partitions' places.
  var scratchDirectories: [String] {
    (0..<table.record.partitionCount).map { PartitionRestore.scratch(of: cluster.plan(for: table, index: $0)) }
  }

  private func run() async {
    do {
      try await Workers.run(progress.count, atMost: Self.width) { try await self.restore($0) }
      let skipped = codes.indices.filter { codes[$0] == .ignoreBadData }.map { Int32($0) }
      try await openPartitions()
      await finished(self, nil, skipped)
    } catch let error as BlockServiceError {
      await finished(self, error, [])
    } catch {
      // Cancelled: the table was dropped, or the onebox stops and goes on with its next start.
    }
  }

  private func restore(_ index: Int) async throws {
    let plan = cluster.plan(for: table, index: Int32(index))
    let work = PartitionRestore(
      plan: plan, mover: cluster.downloader(node: plan.primary), service: service,
      source: record.tree.partition(record.backupID, record.tableName, record.tableID, Int32(index)))
    while true {
      do {
        try await work.run { self.progress[index] = $0 }
        codes[index] = .ok
        return
      } catch let error as CancellationError {
        throw error
      } catch {
        let code = ErrorCode(moving: error)
        Log.error("restore of table \(table.record.id), partition \(index): \(error)")
        if code == .corruption || code == .objectNotFound {
          let scratch = PartitionRestore.scratch(of: plan)
          await BlockingPool.run { Files.removeTree(scratch) }
          guard record.skipsBadPartitions else {
            throw error as? BlockServiceError ?? BlockServiceError(code: code, reason: "\(error)")
          }
          codes[index] = .ignoreBadData
          progress[index] = 1000
          return
        }
        // Shown while it lasts: a full disk, for example.
        codes[index] = code
        try await loopSleep(cluster.options.storageRound)
      }
    }
  }

  private func openPartitions() async throws {
    while true {
      do {
        return try await cluster.open(table)
      } catch {
        Log.error("restore of table \(table.record.id): cannot open it: \(error)")
        try await loopSleep(cluster.options.storageRound)
      }
    }
  }
}
