import BackupLayout
import Backups
import CommandLineKit
import Configuration
import EventLoop
import PegasusClient
import PegasusProtocol

/// How the files of a migration are made and loaded, as typed: beside what all migrations take.
struct BulkLoadMigrationOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.replicas, "--replica_count", value: "num", help: "replicas of the new table; as the old one when left out"),
    .option(
      \.provider, "--to_provider", value: "str",
      help: "the storage for the files, as the target's servers call it; that of the backup when left out",
      completion: .provider),
    .option(
      \.root, "--to_root", value: "str",
      help: "the directory of the storage for the files; bulk_load, beside the backup, when left out"),
    .option(
      \.workDirectory, "--work_directory", value: "dir", help: "of this machine, for what is needed only meanwhile",
      completion: .directory),
    .option(\.parallel, "--parallel", value: "num", help: "threads that make files"),
    .option(\.fileMegabytes, "--file_megabytes", value: "num", help: "size of one file"),
    .option(
      \.maxCompactions, "--max_compactions", value: "num",
      help: "partitions of a server that are compacted at a time; 0: as many as it likes"),
    .flag(\.takesExisting, "--existing", help: "load into a table that is there, of that partition count"),
    .flag(\.cleans, "--clean", help: "remove the files of the load at the end; never the backup"),
  ]

  var replicas: Int32?
  var provider: String?
  var root: String?
  var workDirectory: String?
  var parallel = 2
  var fileMegabytes = 64
  var maxCompactions: Int32 = 0
  var takesExisting = false
  var cleans = false

  func validate() throws(UsageError) {
    if let replicas, replicas < 1 { throw UsageError("replica_count: 1 or more is expected", kind: .invalidValue) }
    if !(1...256).contains(parallel) { throw UsageError("parallel: 1 to 256 is expected", kind: .invalidValue) }
    if !(1...65536).contains(fileMegabytes) {
      throw UsageError("file_megabytes: 1 to 65536 is expected", kind: .invalidValue)
    }
    if maxCompactions < 0 { throw UsageError("max_compactions: 0 or more is expected", kind: .invalidValue) }
    if let root, StoragePath.join(root).isEmpty { throw UsageError("to_root should not be empty", kind: .invalidValue) }
  }

  /// - Parameter partitions: of the new table; nil: as the old one
  /// - Throws: `ShellError` when a storage is not known to this shell, or the source is not there; `ClientError`
  @LoopActor
  func plan(_ base: MigrationPlan, partitions: Int32?, in session: Session) async throws -> BulkLoadMigration {
    _ = try session.storage(base.backup.provider)
    let storage = try session.storage(provider ?? base.backup.provider)
    let root = root ?? StoragePath.join(base.backup.path ?? "", "bulk_load")
    let tree = BulkLoadTree(root: root, cluster: base.target.name, table: base.table)
    guard let original = try await session.cluster().tableInfo(base.source.table) else {
      throw ShellError("table '\(base.source.table)' is not there any more")
    }
    var plan = BulkLoadMigration(
      base: base, partitionCount: partitions ?? Int32(clamping: base.source.partitionCount),
      replicaCount: replicas ?? max(1, original.maxReplicaCount),
      files: FilePlace(
        provider: storage.name, storage: storage.summary, root: root,
        workDirectory: workDirectory.map { Path.absolute($0) } ?? session.splitDirectory(of: tree, on: storage),
        parallel: parallel, fileMegabytes: fileMegabytes))
    plan.isAtomicIdempotent = original.atomicIdempotent == true
    plan.takesExisting = takesExisting
    plan.maxCompactions = maxCompactions
    plan.cleans = cleans
    return plan
  }
}
