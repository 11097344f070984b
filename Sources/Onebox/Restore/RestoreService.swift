internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The restores of the cluster.
@LoopActor
final class RestoreService {
  private static let longestPartitionCount: Int32 = 1024

  private unowned let cluster: Cluster
  /// Under way, by the id of the new table.
  private var running: [Int32: TableRestore] = [:]

  init(_ cluster: Cluster) { self.cluster = cluster }

  /// Goes on with what was interrupted.
  func load() {
    for table in cluster.availableTables {
      guard let record = table.record.restore, !record.isComplete else { continue }
      begin(table, record)
    }
  }

  func stop() async {
    for restore in running.values { await restore.stop() }
    running = [:]
  }

  func isRestoring(_ table: Table) -> Bool { running[table.record.id] != nil }

  // MARK: Requests

  func start(_ request: ConfigurationRestoreRequest) async -> ConfigurationCreateAppResponse {
    func refused(_ code: ErrorCode) -> ConfigurationCreateAppResponse {
      ConfigurationCreateAppResponse(err: code, appid: -1)
    }
    guard let service = cluster.blockServices[request.backupProviderName] else { return refused(.invalidParameters) }
    let record = RestoreRecord(
      provider: request.backupProviderName, path: request.restorePath ?? "", cluster: request.clusterName,
      policy: request.policyName, backupID: request.timeStamp, tableName: request.appName, tableID: request.appId,
      skipsBadPartitions: request.skipBadPartition)
    let metadata: AppMetadata
    do {
      let path = record.tree.appMetadata(record.backupID, record.tableName, record.tableID)
      metadata = try AppMetadata(contents: try await BlockingPool.run { try service.read(path) })
    } catch {
      Log.error("restore of \(request.appName): \(error)")
      return refused(ErrorCode(moving: error))
    }
    // A real meta server dies of these.
    guard metadata.id == request.appId, metadata.name == request.appName,
      (1...Self.longestPartitionCount).contains(metadata.partitionCount), metadata.replicaCount > 0
    else {
      Log.error("restore of \(request.appName): \(AppMetadata.fileName) is of \(metadata.name) (\(metadata.id))")
      return refused(.invalidParameters)
    }
    let name = request.newAppName.isEmpty ? request.appName : request.newAppName
    guard cluster.table(named: name) == nil else { return refused(.invalidParameters) }
    return create(name, metadata, record)
  }

  private func create(
    _ name: String, _ metadata: AppMetadata, _ restore: RestoreRecord
  ) -> ConfigurationCreateAppResponse {
    var record = TableRecord(
      id: cluster.nextTableID, name: name, partitionCount: metadata.partitionCount,
      replicaCount: metadata.replicaCount, environment: restore.environment,
      atomicIdempotent: metadata.isAtomicIdempotent, createSecond: metadata.createSecond)
    record.restore = restore
    cluster.nextTableID += 1
    let table = Table(record)
    cluster.tables[record.id] = table
    do {
      try cluster.save()
    } catch {
      cluster.tables[record.id] = nil
      return ConfigurationCreateAppResponse(err: ErrorCode(storing: error), appid: -1)
    }
    begin(table, restore)
    return ConfigurationCreateAppResponse(err: .ok, appid: record.id)
  }

  private func begin(_ table: Table, _ record: RestoreRecord) {
    guard let service = cluster.blockServices[record.provider] else {
      return Log.error("restore of table \(table.record.id): provider \(record.provider) is gone")
    }
    let restore = TableRestore(table, record, service: service, cluster: cluster) { [weak self] in
      await self?.finished($0, $1, $2)
    }
    running[table.record.id] = restore
    restore.start()
  }

  func query(_ request: ConfigurationQueryRestoreRequest) -> ConfigurationQueryRestoreResponse {
    guard let table = cluster.tables[request.restoreAppId] else {
      return ConfigurationQueryRestoreResponse(err: .appNotExist)
    }
    guard table.record.status == .available else { return ConfigurationQueryRestoreResponse(err: .appDropped) }
    if let restore = running[table.record.id] {
      return ConfigurationQueryRestoreResponse(
        err: .ok, restoreStatus: restore.codes, restoreProgress: restore.progress)
    }
    let skipped = table.record.restore?.skipped ?? []
    let all = 0..<table.record.partitionCount
    return ConfigurationQueryRestoreResponse(
      err: .ok, restoreStatus: all.map { skipped.contains($0) ? .ignoreBadData : .ok },
      restoreProgress: all.map { _ in 1000 })
  }

  // MARK: The end

  private func finished(_ restore: TableRestore, _ failure: BlockServiceError?, _ skipped: [Int32]) async {
    let table = restore.table
    running[table.record.id] = nil
    if let failure {
      Log.error("restore of table \(table.record.id) is given up: \(failure)")
      table.record.status = .dropped
      table.record.dropSecond = WallClock.unixSeconds
      // As real servers do: nothing is there to be recalled.
      table.record.expireSecond = table.record.dropSecond + 1
      await removeScratch(of: restore)
    } else {
      table.record.restore?.isComplete = true
      table.record.restore?.skipped = skipped
    }
    do {
      try cluster.save()
    } catch {
      // Done once more after a restart, which finds every partition in its place.
      Log.error("restore of table \(table.record.id): cannot keep its end: \(error)")
    }
  }

  /// The table is being dropped: gives the restore up, with what was downloaded. It cannot be recalled.
  func cancel(_ table: Table) async {
    guard let restore = running.removeValue(forKey: table.record.id) else { return }
    await restore.stop()
    await removeScratch(of: restore)
  }

  private func removeScratch(of restore: TableRestore) async {
    let directories = restore.scratchDirectories
    await BlockingPool.run { for directory in directories { Files.removeTree(directory) } }
  }
}
