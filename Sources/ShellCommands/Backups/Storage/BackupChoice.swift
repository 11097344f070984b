import BackupLayout
import Backups
import CommandLineKit
import EventLoop

/// Which backups on a storage are meant: what the commands that read storages take.
struct BackupChoice: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.provider, "-b", "--backup_provider_type", value: "str", help: "the storage, a section [block_service.<name>]",
      isRequired: true, completion: .provider),
    .option(
      \.path, "-r", "--backup_path", value: "str", help: "the directory of the storage that the backups were given"),
    .option(
      \.cluster, "-c", "--old_cluster_name", value: "str",
      help: "only of this cluster: the directory below the path, its cold_backup_root", completion: .cluster),
    .option(\.table, "-a", "--old_app_name", value: "str", help: "only of this table"),
    .option(\.tableID, "-i", "--old_app_id", value: "id", help: "only of the table with this id"),
    .option(\.id, "-t", "--timestamp", "--backup_id", value: "timestamp", help: "only the backup with this id"),
  ]

  var provider = ""
  var path: String?
  var cluster: String?
  var table: String?
  var tableID: Int32?
  var id: Int64?
  /// Only those right in this directory; nil: all below.
  var root: String?

  /// The directory to look into.
  var directory: String { StoragePath.join(path ?? "", cluster ?? "") }

  func wants(_ location: BackupLocation) -> Bool {
    (id.map { $0 == location.id } ?? true) && (root.map { $0 == location.root } ?? true)
  }

  func wants(name: String, id: Int32) -> Bool {
    (table.map { $0 == name } ?? true) && (tableID.map { $0 == id } ?? true)
  }

  /// What was asked for, in words: "table 'users' ".
  var words: String {
    [table.map { "table '\($0)'" }, tableID.map { "table id \($0)" }, id.map { "id \($0)" }].compactMap { $0 }
      .joined(separator: " and ")
  }

  /// The backups below the directory, the newest first.
  ///
  /// - Parameter note: told what could not be looked into
  /// - Throws: `ShellError` when the storage does not answer, or has no such directory
  @LoopActor
  func find(
    on service: any BlockService, note: ((String) -> Void)? = nil
  ) async throws(ShellError) -> [BackupLocation] {
    let reader = BackupReader(service)
    do throws(BlockServiceError) {
      let found = try await reader.find(below: directory).filter(wants)
      for (what, list) in [
        ("not allowed to look into", reader.passedOver), ("too deep to be looked into", reader.tooDeep),
      ]
      where !list.isEmpty {
        let shown = list.prefix(3).joined(separator: ", ") + (list.count > 3 ? " and \(list.count - 3) more" : "")
        note?("\(what): \(shown); -r names a directory to look into")
      }
      return found
    } catch {
      // A storage that nothing was written to yet.
      if error.kind == .notFound, directory.isEmpty { return [] }
      var shown = ShellError(error)
      if error.kind == .notFound {
        shown.message = "\(service.summary) has no directory '\(directory)'"
        shown.advice = "'ls_backups -b \(provider)' shows what there is, -r is the path that a backup was given"
      }
      throw shown
    }
  }
}
