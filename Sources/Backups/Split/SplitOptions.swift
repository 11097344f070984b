package import BackupLayout
import Glibc
package import PegasusProtocol

/// What an offline split makes, and how.
package struct SplitOptions: Sendable, Equatable {
  /// Threads beyond the machine's cores, and how many there are at most.
  private static let spare = 1
  private static let mostWorkers = 32

  /// For this machine.
  package static var defaultWorkers: Int {
    min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) + spare, mostWorkers)
  }

  /// Where the files go.
  package var tree: BulkLoadTree
  /// The table to be loaded: id and partition count are compared by servers, the name is not.
  package var tableID: Int32
  package var tableName: String
  package var partitionCount: Int32
  /// How the table to be loaded stores values: ask its servers, `/replica/data_version`. Tables that were made with 2.0 or
  /// later have version 1.
  package var dataVersion = ValueHeader.Version.v1
  /// An absolute path of a directory for what is needed only meanwhile. Needs room for the backup when that is not on a
  /// local storage, and for some files per worker when the target is not.
  package var workDirectory: String
  /// Bytes of keys and values in one file. Files of several hundred megabytes are fine with servers, too.
  package var fileBytes = 64 << 20
  /// Bytes of the backup worked on at most before that is remembered.
  package var largestUnit: Int64 = 8 << 30
  /// Bytes of the backup below which no further division is worth it.
  package var smallestUnit: Int64 = 8 << 20
  /// Bytes of a file below which more work side by side is not worth it.
  package var smallestFile = 1 << 20
  /// Units worked on side by side: some more than the machine has cores, because each waits for the disk now and then.
  package var workers = defaultWorkers
  /// Files that one worker writes side by side at most; a partition count beyond it takes several passes.
  package var openFiles = 1024
  /// Leaves out rows whose time was over when the split began; servers would drop them anyway.
  package var dropsExpired = true
  /// Compares the MD5 of every file of the backup first. Without, damage is found only where RocksDB's own checksums tell.
  package var verifiesSource = true

  package init(
    tree: BulkLoadTree, tableID: Int32, tableName: String, partitionCount: Int32, workDirectory: String
  ) {
    self.tree = tree
    self.tableID = tableID
    self.tableName = tableName
    self.partitionCount = partitionCount
    self.workDirectory = workDirectory
  }
}
