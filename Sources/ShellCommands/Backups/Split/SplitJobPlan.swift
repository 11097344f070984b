import BackupLayout
import Backups
import JSON
import PegasusProtocol

/// Everything an offline split is built from, as it stands in the journal.
struct SplitJobPlan: Sendable {
  static let version = 1

  /// One of the two storages, with where it is, for a comparison before a resume.
  struct Storage: Sendable, Equatable {
    var provider: String
    var summary: String

    init(_ service: any BlockService) {
      provider = service.name
      summary = service.summary
    }

    var json: JSONValue { .object(["provider": .string(provider), "storage": .string(summary)]) }

    init(_ json: JSONValue?) throws(ShellError) {
      let fields = PlanFields(json ?? .null)
      provider = try fields.text("provider")
      summary = try fields.text("storage")
    }
  }

  var source: Storage
  var location: BackupLocation
  /// In the backup.
  var tableID: Int32
  var tableName: String
  var target: Storage
  /// `remote_root_path` of a bulk load.
  var root: String
  /// The directory below it.
  var cluster: String
  var options: SplitOptions
  /// The table to be loaded; nil: its numbers were typed, and no cluster is asked.
  var loaded: TableIdentity?

  init(
    source: Storage, location: BackupLocation, tableID: Int32, tableName: String, target: Storage, root: String,
    cluster: String, options: SplitOptions, loaded: TableIdentity?
  ) {
    self.source = source
    self.location = location
    self.tableID = tableID
    self.tableName = tableName
    self.target = target
    self.root = root
    self.cluster = cluster
    self.options = options
    self.loaded = loaded
  }

  var title: String {
    "\(source.provider) \(location.id) \(tableName) -> \(target.provider) \(options.tree.table) "
      + "(\(options.partitionCount) partitions)"
  }

  /// The line that loads the files.
  var loadLine: String {
    "start_bulk_load -a \(options.tableName) -c \(asTyped(cluster)) -p \(target.provider) -r \(asTyped(root))"
  }

  var parameters: JSONValue {
    .object([
      "source": source.json, "backup_root": .string(location.root), "backup_id": .integer(location.id),
      "app_id": .int(tableID), "app_name": .string(tableName), "target": target.json, "root_path": .string(root),
      "cluster_name": .string(cluster), "loaded_table": loaded?.json ?? .null, "to_app_id": .int(options.tableID),
      "to_app_name": .string(options.tableName), "partition_count": .int(options.partitionCount),
      "data_version": .int(options.dataVersion.rawValue), "work_directory": .string(options.workDirectory),
      "parallel": .int(options.workers), "file_bytes": .int(options.fileBytes),
      "drop_expired": .bool(options.dropsExpired), "md5": .bool(options.verifiesSource),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    let fields = PlanFields(parameters)
    source = try Storage(fields["source"])
    location = BackupLocation(root: try fields.text("backup_root"), id: try fields.integer("backup_id"))
    tableID = try fields.integer("app_id")
    tableName = try fields.text("app_name")
    target = try Storage(fields["target"])
    root = try fields.text("root_path")
    cluster = try fields.text("cluster_name")
    if let json = fields["loaded_table"] { loaded = try TableIdentity(json) }
    let name = try fields.text("to_app_name")
    options = SplitOptions(
      tree: BulkLoadTree(root: root, cluster: cluster, table: name), tableID: try fields.integer("to_app_id"),
      tableName: name, partitionCount: try fields.integer("partition_count"),
      workDirectory: try fields.text("work_directory"))
    options.dataVersion = ValueHeader.Version(rawValue: try fields.integer("data_version")) ?? .v1
    options.workers = try fields.integer("parallel")
    options.fileBytes = try fields.integer("file_bytes")
    options.dropsExpired = fields.flag("drop_expired")
    options.verifiesSource = fields.flag("md5")
  }
}
