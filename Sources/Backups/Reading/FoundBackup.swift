package import BackupLayout

/// What is there of a backup.
package struct FoundBackup: Sendable {
  package var location: BackupLocation
  /// Nil when it was not written to its end, or cannot be read.
  package var info: BackupInfo?
  package var tables: [TableBackup]
  /// Those of the whole; further ones are in its tables.
  package var problems: [StorageProblem]

  package init(location: BackupLocation, tables: [TableBackup] = [], problems: [StorageProblem] = []) {
    self.location = location
    self.tables = tables
    self.problems = problems
  }

  /// As far as it was looked at.
  package var isComplete: Bool { problems.isEmpty && tables.allSatisfy(\.isComplete) }
  /// Bytes of all files that belong to it.
  package var bytes: Int64 { StoredSize.sum(tables.map(\.bytes)) }
  package var allProblems: [StorageProblem] { problems + tables.flatMap(\.allProblems) }
}

/// One table in a backup.
package struct TableBackup: Sendable {
  package var name: String
  package var id: Int32
  /// Its directory on the storage.
  package var path: String
  package var metadata: AppMetadata?
  /// In order; empty when only the summary was asked for.
  package var partitions: [PartitionBackup]
  package var problems: [StorageProblem]

  package var isComplete: Bool { problems.isEmpty && partitions.allSatisfy { $0.problems.isEmpty } }
  package var bytes: Int64 { StoredSize.sum(partitions.map(\.bytes)) }
  package var allProblems: [StorageProblem] { problems + partitions.flatMap(\.problems) }
}

/// One partition in a backup.
package struct PartitionBackup: Sendable, Equatable {
  package var index: Int32
  /// The directory of its checkpoint on the storage; empty when that is not known.
  package var directory = ""
  package var metadata: BackupMetadata?
  package var problems: [StorageProblem] = []

  package init(index: Int32) { self.index = index }

  package var files: [FileRecord] { metadata?.files ?? [] }
  package var bytes: Int64 { StoredSize.sum(files.map(\.size)) }
}
