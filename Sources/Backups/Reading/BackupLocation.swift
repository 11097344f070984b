import BackupLayout

/// Where a backup lies on a storage.
package struct BackupLocation: Sendable, Hashable {
  /// The directory with the backups of one cluster: `[<backup_path>/]<cold_backup_root>`; of servers up to 2.1
  /// `<cold_backup_root>/<policy>`.
  package var root: String
  /// Also its start in unix milliseconds.
  package var id: Int64

  package init(root: String, id: Int64) {
    self.root = root
    self.id = id
  }

  package var path: String { StoragePath.join(root, "\(id)") }
}
