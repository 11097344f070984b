import BackupLayout
import Backups
import CommandLineKit

/// Which backup of which table is restored, and under which name: what both restore commands take.
struct RestoreOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.cluster, "-c", "--old_cluster_name", value: "str",
      help: "the directory of the source's backups: its cold_backup_root, often the cluster's name", isRequired: true,
      completion: .cluster),
    .option(
      \.policy, "-p", "--old_policy_name", value: "str",
      help: "the policy, of backups made by servers up to 2.1 only"),
    .option(\.table, "-a", "--old_app_name", value: "str", help: "the table's name in the backup", isRequired: true),
    .option(
      \.tableID, "-i", "--old_app_id", value: "id", help: "the table's id in the backup; looked up when left out"),
    .option(
      \.id, "-t", "--timestamp", "--backup_id", value: "timestamp",
      help: "the backup's id; the newest one with the table when left out"),
    .option(
      \.provider, "-b", "--backup_provider_type", value: "str", help: "the storage, as the servers here call it",
      isRequired: true, completion: .provider),
    .option(\.newName, "-n", "--new_app_name", value: "str", help: "another name for the table"),
    .flag(
      \.skipsBadPartitions, "-s", "--skip_bad_partition", help: "leave partitions empty whose data is damaged"),
    .option(
      \.path, "-r", "--restore_path", value: "str", help: "the directory of the storage that the backup was given"),
    .flag(\.skipsCheck, "--no_check", help: "do not look at the backup first"),
  ]

  var cluster = ""
  var policy = ""
  var table = ""
  var tableID: Int32?
  var id: Int64?
  var provider = ""
  var newName: String?
  var skipsBadPartitions = false
  var path: String?
  var skipsCheck = false

  func validate() throws(UsageError) {
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    if cluster.isEmpty { try refuse("old_cluster_name should not be empty") }
    if provider.isEmpty { try refuse("backup_provider_type should not be empty") }
    if let tableID, tableID <= 0 { try refuse("invalid old_app_id: \(tableID), should > 0") }
    if let id, id <= 0 { try refuse("invalid timestamp: \(id), should > 0") }
    try TableName.check(table)
    if let newName, !newName.isEmpty { try TableName.check(newName) }
  }

  /// What the new table is called.
  var name: String { newName.flatMap { $0.isEmpty ? nil : $0 } ?? table }

  /// Empty counts as not given, as with servers.
  var givenPath: String? { path.flatMap { $0.isEmpty ? nil : $0 } }
}
