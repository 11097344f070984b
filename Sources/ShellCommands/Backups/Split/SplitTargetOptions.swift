import BackupLayout
import CommandLineKit

/// Where the files of a split go, and which table they are made for.
struct SplitTargetOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.cluster, "--to_cluster", value: "str",
      help: "the cluster of the table to load; also the directory below the root", isRequired: true,
      completion: .cluster),
    .option(\.table, "--to_table", value: "str", help: "the table to load; that of the backup's name when left out"),
    .option(
      \.root, "--to_root", value: "str", help: "the directory for all files: -r of start_bulk_load", isRequired: true),
    .option(
      \.provider, "--to_provider", value: "str", help: "the storage for them; that of the backup when left out",
      completion: .provider),
    .option(
      \.tableID, "--to_table_id", value: "id", help: "the table's id, with --partition_count: no cluster is asked then"),
    .option(\.partitionCount, "--partition_count", value: "num", help: "the table's partition count"),
    .option(
      \.dataVersion, "--data_version", value: "0|1",
      help: "how the table stores values; asked of its servers, or 1"),
  ]

  var cluster = ""
  var table: String?
  var root = ""
  var provider: String?
  var tableID: Int32?
  var partitionCount: Int32?
  var dataVersion: Int32?

  func validate() throws(UsageError) {
    if cluster.isEmpty || cluster.contains("/") || !StoragePath.staysInside(cluster) {
      throw UsageError("to_cluster: the name of a cluster or of a directory is expected", kind: .invalidValue)
    }
    if !StoragePath.staysInside(root) {
      throw UsageError("to_root leaves the root of the storage", kind: .invalidValue)
    }
    if StoragePath.join(root).isEmpty { throw UsageError("to_root should not be empty", kind: .invalidValue) }
    if (tableID == nil) != (partitionCount == nil) {
      throw UsageError("--to_table_id and --partition_count belong together", kind: .missingParameter)
    }
    if let tableID, tableID < 1 { throw UsageError("to_table_id: 1 or more is expected", kind: .invalidValue) }
    if let partitionCount, !(1...65536).contains(partitionCount) {
      throw UsageError("partition_count: 1 to 65536 is expected", kind: .invalidValue)
    }
    if let dataVersion, !(0...1).contains(dataVersion) {
      throw UsageError("data_version: 0 or 1 is expected", kind: .invalidValue)
    }
    if let table { try TableName.check(table) }
  }

  func tree(of name: String) -> BulkLoadTree { BulkLoadTree(root: root, cluster: cluster, table: table ?? name) }
}
