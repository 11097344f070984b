import BackupLayout
import Backups
import EventLoop
import PegasusClient
import PegasusProtocol

extension Clusters {
  /// How often the servers are asked whether they have finished.
  private nonisolated static let askingInterval: Duration = .milliseconds(10)

  /// Of a backup's table; a restored one has as many.
  private nonisolated static let replicaCount: Int32 = 3

  /// The storage as the shell sees it.
  var service: LocalBlockService { LocalBlockService(name: Self.provider, root: storage) }

  /// Has the source cluster back a table up, and looks at what it has made.
  func backUp(_ table: Table) async throws -> (backup: TableBackup, location: BackupLocation, seconds: Double) {
    guard let info = try await source.client.tableInfo(table.name) else {
      throw BenchError("there is no table '\(table.name)'")
    }
    try await settle()
    let started = ContinuousClock.now
    let id = try await source.client.startBackup(tableID: info.appId, provider: Self.provider).id
    while true {
      let item = try await source.client.backups(ofTable: info.appId, id: id).first { $0.backupId == id }
      guard let item, !item.isBackupFailed else { throw BenchError("the backup of '\(table.name)' failed") }
      if item.endTimeMs > 0 { break }
      try await loopSleep(Self.askingInterval)
    }
    let seconds = (ContinuousClock.now - started).inSeconds
    let location = BackupLocation(root: source.name, id: id)
    let found = try await BackupReader(service).read(location)
    guard found.isComplete, let backup = found.tables.first else {
      throw BenchError("the backup of '\(table.name)' is not whole: \(found.allProblems)")
    }
    return (backup, location, seconds)
  }

  /// Has the target cluster restore a backup as a new table, until that can be read; answers the seconds.
  func restore(_ backup: TableBackup, _ location: BackupLocation, as name: String) async throws -> Double {
    try await settle()
    let started = ContinuousClock.now
    let id = try await target.client.startRestore(
      ConfigurationRestoreRequest(
        clusterName: location.root, policyName: "", timeStamp: location.id, appName: backup.name, appId: backup.id,
        newAppName: name, backupProviderName: Self.provider))
    while try await !target.client.restoreStatus(tableID: id).isComplete { try await loopSleep(Self.askingInterval) }
    while try await !target.client.readiness(table: name, replicaCount: Self.replicaCount).isComplete {
      try await loopSleep(Self.askingInterval)
    }
    return (ContinuousClock.now - started).inSeconds
  }

  /// Removes a backup from the storage.
  func remove(_ location: BackupLocation) async throws { try await service.delete(location.path) }
}
