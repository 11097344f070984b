import BackupLayout
import JSON
import PegasusProtocol

/// Everything a bulk load is built from, as it stands in the journal.
struct BulkLoadPlan: Sendable {
  static let version = 1

  var table: TableIdentity
  /// Nil: one that is under way already and only watched.
  var request: StartBulkLoadRequest?
  /// The level to set the meta server back to at the end; nil: it stays as it is.
  var metaLevel: MetaFunctionLevel?

  init(table: TableIdentity, request: StartBulkLoadRequest?, metaLevel: MetaFunctionLevel? = nil) {
    self.table = table
    self.request = request
    self.metaLevel = metaLevel
  }

  var title: String {
    guard let request else { return table.title }
    let tree = BulkLoadTree(root: request.remoteRootPath, cluster: request.clusterName, table: request.appName)
    return "\(request.fileProviderType) \(tree.table) -> \(table.title)"
  }

  var parameters: JSONValue {
    .object([
      "table": table.json,
      "request": request.map {
        .object([
          "cluster_name": .string($0.clusterName), "file_provider_type": .string($0.fileProviderType),
          "remote_root_path": .string($0.remoteRootPath), "ingest_behind": .bool($0.ingestBehind),
        ])
      } ?? .null,
      "meta_level": metaLevel.map { .int($0.rawValue) } ?? .null,
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    let fields = PlanFields(parameters)
    table = try TableIdentity(fields["table"])
    metaLevel = fields.optionalInteger("meta_level").map { MetaFunctionLevel(rawValue: $0) }
    guard let json = fields["request"] else { return }
    let request = PlanFields(json)
    self.request = StartBulkLoadRequest(
      appName: table.table, clusterName: try request.text("cluster_name"),
      fileProviderType: try request.text("file_provider_type"), remoteRootPath: try request.text("remote_root_path"),
      ingestBehind: request.flag("ingest_behind"))
  }
}
