import BackupLayout
import Backups
import TestSupport

/// Where a split of a test works, and what it makes: files of one table.
struct SplitPlace {
  let scratch = TemporaryDirectory("offline-split")
  let tree: BulkLoadTree
  let target: LocalBlockService

  init(_ tree: BulkLoadTree = BulkLoadTree(root: "", cluster: "c", table: "t")) {
    self.tree = tree
    target = LocalBlockService(name: "local_service", root: scratch.file("target"))
  }

  func options(_ count: Int32) -> SplitOptions {
    SplitOptions(
      tree: tree, tableID: 9, tableName: tree.table, partitionCount: count, workDirectory: scratch.file("work"))
  }
}
