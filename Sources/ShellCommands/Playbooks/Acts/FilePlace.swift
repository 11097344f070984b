import BackupLayout
import Backups
import Configuration
import JSON

/// Where the files for a bulk load are made, and with how much of this machine.
struct FilePlace: Sendable {
  /// The storage, as the servers of the target call it.
  var provider: String
  /// How this shell reaches it, told so that a later look can say whether it is still the same.
  var storage: String
  /// `remote_root_path` of the load.
  var root: String
  /// For what is needed only meanwhile.
  var workDirectory: String
  /// Threads.
  var parallel: Int
  /// Size of one file.
  var fileMegabytes: Int

  /// The directory of a table's files.
  func tree(cluster: String, table: String) -> BulkLoadTree {
    BulkLoadTree(root: root, cluster: cluster, table: table)
  }

  var json: JSONValue {
    .object([
      "provider": .string(provider), "storage": .string(storage), "root_path": .string(root),
      "work_directory": .string(workDirectory),
      "parallel": .int(parallel), "file_megabytes": .int(fileMegabytes),
    ])
  }

  init(provider: String, storage: String, root: String, workDirectory: String, parallel: Int, fileMegabytes: Int) {
    self.provider = provider
    self.storage = storage
    self.root = root
    self.workDirectory = workDirectory
    self.parallel = parallel
    self.fileMegabytes = fileMegabytes
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue?) throws(ShellError) {
    let fields = PlanFields(json ?? .null)
    provider = try fields.text("provider")
    storage = try fields.text("storage")
    root = try fields.text("root_path")
    workDirectory = try fields.text("work_directory")
    parallel = try fields.integer("parallel")
    fileMegabytes = try fields.integer("file_megabytes")
  }
}
