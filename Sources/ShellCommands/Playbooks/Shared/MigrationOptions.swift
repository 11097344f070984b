import Backups
import CommandLineKit
import Copying
import EventLoop
import PegasusClient

/// How a migration by way of a backup is done, as typed: what all such commands take.
struct MigrationOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .flag(
      \.isBehind, "-i", "--ingest_behind",
      help: "the application writes to both tables meanwhile, and wins; by files and a bulk load"),
    .flag(\.dualWritesAreOn, "--dual_write_is_on", help: "with --ingest_behind: it does so already"),
    .option(
      \.provider, "-b", "--backup_provider_type", value: "str",
      help: "the storage, as the servers of both clusters call it",
      isRequired: true, completion: .provider),
    .option(\.path, "-r", "--backup_path", value: "str", help: "a directory of the storage for the backup"),
    .option(
      \.coldRoot, "--cold_backup_root", value: "str",
      help: "the first directory of the source's backups, for servers that do not tell it"),
    .option(
      \.maxUpload, "--max_upload_mb", value: "num", help: "each server of the source writes no more MB/s to the storage"
    ),
    .option(
      \.maxDownload, "--max_download_mb", value: "num",
      help: "each server of the target reads no more MB/s from the storage"),
    .option(
      \.maxNFS, "--max_nfs_mb", value: "num",
      help: "the target's servers copy no more MB/s to each other (5 and more)"),
    .flag(\.readsFiles, "--md5", help: "read the whole backup and compare its MD5s before it is used"),
    .flag(\.skipsVerify, "--no_verify", help: "do not compare the tables at the end"),
  ]

  var isBehind = false
  var dualWritesAreOn = false
  var provider = ""
  var path: String?
  var coldRoot: String?
  var maxUpload: Int32?
  var maxDownload: Int32?
  var maxNFS: Int32?
  var readsFiles = false
  var skipsVerify = false

  func validate() throws(UsageError) {
    if provider.isEmpty { throw UsageError("backup_provider_type should not be empty", kind: .missingParameter) }
    for (name, value) in [("max_upload_mb", maxUpload), ("max_download_mb", maxDownload)] {
      if let value, value < 1 { throw UsageError("\(name) should be greater than 0", kind: .invalidValue) }
    }
    // A block of a copied file has 4 MB.
    if let maxNFS, maxNFS < 5 { throw UsageError("max_nfs_mb should be 5 or more", kind: .invalidValue) }
    if dualWritesAreOn, !isBehind {
      throw UsageError("--dual_write_is_on belongs to --ingest_behind", kind: .conflict)
    }
  }

  private var limits: [LimitWish] {
    var wishes: [LimitWish] = []
    if let maxUpload { wishes.append(LimitWish(.source, "upload", "\(maxUpload)")) }
    if let maxDownload { wishes.append(LimitWish(.target, "download", "\(maxDownload)")) }
    if let maxNFS {
      wishes.append(LimitWish(.target, "nfs_send", "\(maxNFS)"))
      wishes.append(LimitWish(.target, "nfs_copy", "\(maxNFS)"))
    }
    return wishes
  }

  /// Of the current table.
  ///
  /// - Throws: `ShellError` when no table is chosen or a name is not known; `ClientError` when the source does not answer
  @LoopActor
  func plan(to target: MigrationTarget, in session: Session) async throws -> MigrationPlan {
    let table = try session.table()
    let source = table.cluster
    let backup = BackupPlan(
      table: try await TableIdentity(of: table, in: try session.here()), provider: provider,
      path: path.flatMap { $0.isEmpty ? nil : $0 }, coldRoot: await known(source))
    return MigrationPlan(
      backup: backup,
      storage: session.storageIfKnown(provider, otherwise: "what is on the storage is not looked at")?.summary,
      target: ClusterIdentity(try session.find(target.cluster)), table: target.table ?? table.name, limits: limits,
      readsFiles: readsFiles, verify: skipsVerify ? nil : VerifyOptions(),
      environment: try await source.environment(table: table.name))
  }

  @LoopActor
  private func known(_ source: ClusterClient) async -> String? {
    if let coldRoot, !coldRoot.isEmpty { return coldRoot }
    return await ColdBackupRoot.ask(source)
  }
}
