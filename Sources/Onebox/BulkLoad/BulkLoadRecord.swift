internal import BackupLayout
internal import PegasusProtocol

/// A bulk load as the meta server keeps it on disk: the running one of a table, or the last one's result.
struct BulkLoadRecord: Codable, Equatable, Sendable {
  struct Part: Codable, Equatable, Sendable {
    /// The wire's `bulk_load_status`.
    var status: Int32 = BulkLoadStatus.downloading.rawValue
    /// Its rows are in the table. Never done twice.
    var isIngested = false
  }

  /// Unix milliseconds of its start; tells one load from the next.
  var id: Int64
  var tableID: Int32
  var tableName: String
  var cluster: String
  var provider: String
  var root: String
  var ingestsBehind: Bool
  /// The wire's `bulk_load_status`.
  var status: Int32 = BulkLoadStatus.downloading.rawValue
  var isRunning = true
  var hasEverIngested = false
  var rollbacks = 0
  /// The name of what made it fail; empty when nothing has.
  var failure = ""
  /// By partition.
  var parts: [Part]

  var tree: BulkLoadTree { BulkLoadTree(root: root, cluster: cluster, table: tableName) }
}
