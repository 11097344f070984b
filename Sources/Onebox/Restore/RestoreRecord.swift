internal import BackupLayout

/// Where a table's data comes from: kept until every partition has it, so that a restart goes on.
struct RestoreRecord: Codable, Equatable, Sendable {
  var provider: String
  /// `restore_path`; empty for none.
  var path: String
  /// The source's `cold_backup_root`.
  var cluster: String
  var policy: String
  var backupID: Int64
  var tableName: String
  var tableID: Int32
  /// A partition that cannot be restored begins empty.
  var skipsBadPartitions: Bool
  var isComplete = false
  /// Partitions that were skipped.
  var skipped: [Int32] = []

  var tree: BackupTree { BackupTree(path: path, cluster: cluster, policy: policy) }

  /// What a restored table shows as its environment, as on real servers.
  var environment: [String: String] {
    var environment = [
      "restore.block_service_provider": provider, "restore.cluster_name": cluster, "restore.policy_name": policy,
      "restore.app_name": tableName, "restore.app_id": "\(tableID)", "restore.backup_id": "\(backupID)",
    ]
    if skipsBadPartitions { environment["restore.skip_bad_partition"] = "true" }
    if !path.isEmpty { environment["restore.restore_path"] = path }
    return environment
  }
}
