internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol

/// A backup that was asked for once, under way or over. Known as long as the process lives, as in real clusters.
@LoopActor
final class OneTimeBackup {
  let work: TableBackup
  let provider: String
  let path: String
  /// Unix milliseconds; 0 while it runs.
  private(set) var endTime: Int64 = 0
  private(set) var hasFailed = false
  private var task: Task<Void, Never>?

  init(_ work: TableBackup, provider: String, path: String) {
    self.work = work
    self.provider = provider
    self.path = path
  }

  var isRunning: Bool { endTime == 0 && !hasFailed }

  var item: BackupItem {
    BackupItem(
      backupId: work.id, appName: work.tableName, backupProviderType: provider, backupPath: path,
      startTimeMs: work.id, endTimeMs: endTime, isBackupFailed: hasFailed)
  }

  func start() {
    task = Task { @LoopActor in await self.run() }
  }

  func stop() async {
    task?.cancel()
    await task?.value
  }

  private func run() async {
    do {
      _ = try await work.uploadPartitions()
      let info = BackupInfo(
        id: work.id, startTime: work.id, endTime: 0, content: .table(id: work.tableID, name: work.tableName))
      let (service, file) = (work.service, work.tree.info(work.id))
      try await BlockingPool.run { try service.write(file, info.contents) }
      endTime = WallClock.unixMilliseconds
    } catch {
      hasFailed = true
      Log.error("backup \(work.id) of table \(work.tableID): \(error)")
    }
  }
}
