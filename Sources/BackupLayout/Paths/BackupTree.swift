/// Where the files of cold backups are, below the root of a storage service. Paths have no slash at either end.
package struct BackupTree: Equatable, Sendable {
  /// All backups of one cluster.
  package let root: String

  /// `path` is what the operator gave for the backup, empty for none; `cluster` the servers' `cold_backup_root`.
  /// `policy` is a part of the path only in what 2.0 and 2.1 wrote; empty for later releases.
  package init(path: String = "", cluster: String, policy: String = "") {
    root = StoragePath.join(path, cluster, policy)
  }

  /// The text that names the checkpoint to use of a partition; the last file of the partition.
  package static let currentCheckpoint = "current_checkpoint"

  package func backup(_ id: Int64) -> String { StoragePath.join(root, "\(id)") }
  package func info(_ id: Int64) -> String { StoragePath.join(backup(id), BackupInfo.fileName) }

  package func table(_ id: Int64, _ name: String, _ tableID: Int32) -> String {
    StoragePath.join(backup(id), "\(name)_\(tableID)")
  }

  package func appMetadata(_ id: Int64, _ name: String, _ tableID: Int32) -> String {
    StoragePath.join(table(id, name, tableID), "meta", AppMetadata.fileName)
  }

  package func appStatus(_ id: Int64, _ name: String, _ tableID: Int32) -> String {
    StoragePath.join(table(id, name, tableID), "meta", AppBackupStatus.fileName)
  }

  package func partition(_ id: Int64, _ name: String, _ tableID: Int32, _ index: Int32) -> String {
    StoragePath.join(table(id, name, tableID), "\(index)")
  }

  /// The directory of a checkpoint made by the primary at `host`:`port`: a host name in 2.6, an IPv4 address before.
  package static func checkpointName(host: String, port: UInt16) -> String { "chkpt_\(host)_\(port)" }
}
