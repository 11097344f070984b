package import BackupLayout

/// What is there of a bulk-load tree.
package struct FoundBulkLoad: Sendable {
  /// The table's directory on the storage.
  package var path: String
  package var info: BulkLoadInfo?
  package var partitions: [PartitionLoad]
  package var problems: [StorageProblem]

  /// As far as it was looked at: a server would take it.
  package var isComplete: Bool { problems.isEmpty && partitions.allSatisfy { $0.problems.isEmpty } }
  package var bytes: Int64 { StoredSize.sum(partitions.map(\.bytes)) }
  package var allProblems: [StorageProblem] { problems + partitions.flatMap(\.problems) }
}

/// The files for one partition of the table.
package struct PartitionLoad: Sendable, Equatable {
  package var index: Int32
  /// Its directory on the storage.
  package var directory: String
  package var metadata: BulkLoadMetadata?
  package var problems: [StorageProblem] = []

  package init(index: Int32, directory: String) {
    self.index = index
    self.directory = directory
  }

  package var files: [FileRecord] { metadata?.files ?? [] }
  package var bytes: Int64 { StoredSize.sum(files.map(\.size)) }
}
