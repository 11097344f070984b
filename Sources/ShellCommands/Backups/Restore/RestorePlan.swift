import BackupLayout
import Backups
import JSON
import PegasusProtocol

/// Everything a restore is built from, as it stands in the journal.
struct RestorePlan: Sendable {
  static let version = 1

  var target: ClusterIdentity
  var request: ConfigurationRestoreRequest
  /// A table that is being restored already and only watched; nil: the restore is begun.
  var appID: Int32?

  init(target: ClusterIdentity, request: ConfigurationRestoreRequest, appID: Int32? = nil) {
    self.target = target
    self.request = request
    self.appID = appID
  }

  /// What `options` leaves open has to be found before.
  init(target: ClusterIdentity, options: RestoreOptions) {
    request = ConfigurationRestoreRequest(
      clusterName: options.cluster, policyName: options.policy, timeStamp: options.id ?? 0, appName: options.table,
      appId: options.tableID ?? 0, newAppName: options.name, backupProviderName: options.provider,
      skipBadPartition: options.skipsBadPartitions, restorePath: options.givenPath)
    self.target = target
  }

  var title: String {
    "\(request.backupProviderName) \(request.timeStamp) \(request.appName) -> \(target.name):\(table)"
  }
  /// The new one.
  var table: String { request.newAppName.isEmpty ? request.appName : request.newAppName }

  /// The line that tells what is wrong with the backup.
  var checkLine: String {
    "check_backup -b \(request.backupProviderName) -r \(location.root) -t \(request.timeStamp)"
  }

  /// The backup on its storage.
  var location: BackupLocation {
    BackupLocation(
      root: BackupTree(
        path: request.restorePath ?? "", cluster: request.clusterName, policy: request.policyName
      ).root, id: request.timeStamp)
  }

  var parameters: JSONValue {
    .object([
      "target": target.json, "old_cluster_name": .string(request.clusterName),
      "old_policy_name": .string(request.policyName), "timestamp": .integer(request.timeStamp),
      "old_app_name": .string(request.appName), "old_app_id": .int(request.appId),
      "new_app_name": .string(request.newAppName), "provider": .string(request.backupProviderName),
      "skip_bad_partition": .bool(request.skipBadPartition), "restore_path": .optional(request.restorePath),
      "app_id": appID.map { .int($0) } ?? .null,
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    let fields = PlanFields(parameters)
    target = try ClusterIdentity(fields["target"])
    request = ConfigurationRestoreRequest(
      clusterName: try fields.text("old_cluster_name"), policyName: try fields.text("old_policy_name"),
      timeStamp: try fields.integer("timestamp"), appName: try fields.text("old_app_name"),
      appId: try fields.integer("old_app_id"), newAppName: try fields.text("new_app_name"),
      backupProviderName: try fields.text("provider"), skipBadPartition: fields.flag("skip_bad_partition"),
      restorePath: fields.optionalText("restore_path"))
    appID = fields.optionalInteger("app_id")
  }
}
