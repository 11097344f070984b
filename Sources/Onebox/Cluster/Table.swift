internal import EventLoop
internal import PegasusProtocol

/// One table, available or dropped.
@LoopActor
final class Table {
  var record: TableRecord
  private(set) var settings: TableSettings
  /// By index; empty while the table is dropped or being opened.
  var partitions: [Partition] = []

  /// True from the start of a bulk load until its files are cleaned up.
  var isBulkLoading = false
  /// True while the files of a dropped table are being closed.
  var isClosing = false

  init(_ record: TableRecord) {
    self.record = record
    self.settings = TableSettings(record.environment)
  }

  /// Puts a changed environment into effect.
  func environmentChanged() {
    settings = TableSettings(record.environment)
    for partition in partitions { partition.settingsChanged() }
  }

  var info: AppInfo {
    AppInfo(
      status: AppStatus(rawValue: record.status.rawValue), appType: "pegasus", appName: record.name,
      appId: record.id, partitionCount: record.partitionCount, envs: record.environment, isStateful: true,
      maxReplicaCount: record.replicaCount, expireSecond: record.expireSecond, createSecond: record.createSecond,
      dropSecond: record.dropSecond, duplicating: false, initPartitionCount: record.partitionCount,
      isBulkLoading: isBulkLoading, atomicIdempotent: record.atomicIdempotent)
  }
}
