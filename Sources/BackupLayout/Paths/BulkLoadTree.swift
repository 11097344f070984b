/// Where the files of a bulk load are, below the root of a storage service (2.2–2.6).
package struct BulkLoadTree: Equatable, Sendable {
  /// All files of one table.
  package let table: String

  /// `root` is the request's `remote_root_path`; `cluster` any name.
  package init(root: String, cluster: String, table: String) {
    self.table = StoragePath.join(root, cluster, table)
  }

  package var info: String { StoragePath.join(table, BulkLoadInfo.fileName) }
  package func partition(_ index: Int32) -> String { StoragePath.join(table, "\(index)") }
  package func metadata(_ index: Int32) -> String { StoragePath.join(partition(index), BulkLoadMetadata.fileName) }
}
