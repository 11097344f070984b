import CommandLineKit

/// Where a migration goes, as typed.
struct MigrationTarget: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.cluster, "-c", "--target_cluster_name", value: "str",
      help: "the target cluster, as the configuration names it", isRequired: true, completion: .cluster),
    .option(
      \.table, "-a", "--target_app_name", value: "str",
      help: "what the new table is called; as the old one when left out"),
  ]

  var cluster = ""
  /// Nil: as the old table.
  var table: String?

  func validate() throws(UsageError) {
    if cluster.isEmpty { throw UsageError("target_cluster_name should not be empty", kind: .missingParameter) }
    if let table { try TableName.check(table) }
  }
}
