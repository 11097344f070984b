import CommandLineKit

/// Where a migration goes, as typed.
struct MigrationTarget: Sendable {
  var cluster = ""
  /// Nil: as the old table.
  var table: String?

  func validate() throws(UsageError) {
    if cluster.isEmpty { throw UsageError("target_cluster_name should not be empty", kind: .missingParameter) }
    if let table { try TableName.check(table) }
  }
}
