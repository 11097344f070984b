import BackupLayout
import Backups
import CommandLineKit
import EventLoop
import JSON

/// `remove_backup`
struct RemoveBackup: ShellCommand {
  static let name = "remove_backup"
  static let summary = "remove a backup from its storage, whole or not"
  static let group = "Backups"
  static let effect = CommandEffect.destroys
  static let mayAsk = true
  static let discussion = """
    For what a backup left that failed or was forgotten by the servers, and for backups that nobody needs any more: for a \
    finished one a script needs --yes. It works on the storage alone. backup_info goes first, so that half of a backup is \
    never taken for a whole.

    Servers that are still at work on it go on, so look with query_backup_status first. Backups of a policy are removed by \
    the servers themselves.
    """
  static let parameters: [Parameter<Self>] = [
    .option(
      \.provider, "-b", "--backup_provider_type", value: "str", help: "the storage, a section [block_service.<name>]",
      isRequired: true, completion: .provider),
    .option(
      \.path, "-r", "--backup_path", value: "str", help: "the directory of the storage that it was given"),
    .option(\.id, "-t", "--timestamp", "--backup_id", value: "timestamp", help: "the backup's id", isRequired: true),
  ]
  static let examples = [
    CommandExample("remove_backup -b local_service -t 1742888751127", "wherever it is on the storage"),
    CommandExample("remove_backup -b hdfs_x -r /user/pegasus/backup -t 1742888751127", "below this directory"),
  ]

  var provider = ""
  var path: String?
  var id: Int64 = 0

  @LoopActor
  func run(in session: Session) async throws {
    let service = try session.storage(provider)
    var choice = BackupChoice()
    (choice.provider, choice.path, choice.id) = (provider, path, id)
    let found = try await choice.find(on: service)
    guard let location = found.first else {
      throw ShellError(
        "there is no backup \(id) in \(choice.directory.isEmpty ? service.summary : choice.directory)",
        advice: "'ls_backups -b \(provider)' shows what there is")
    }
    guard found.count == 1 else {
      throw ShellError(
        "there are several backups \(id)", advice: "-r names one: " + found.map(\.root).joined(separator: ", "),
        status: .usage)
    }
    do {
      let info = StoragePath.join(location.path, BackupInfo.fileName)
      if await isThere(info, service) {
        try await session.requireConsent(
          "Remove the finished backup \(location.path) of \(service.summary) with all files in it?", typed: "\(id)")
      } else {
        try await session.requireConfirmation(
          "Remove \(location.path) of \(service.summary), which was not written to its end, with all files in it?",
          effect: Self.effect)
      }
      try await service.remove(location)
    } catch let error as BlockServiceError {
      throw ShellError(error)
    }
    session.tell("removed \(location.path)", ["removed": .string(location.path), "provider": .string(provider)])
  }

  @LoopActor
  private func isThere(_ path: String, _ service: any BlockService) async -> Bool {
    (try? await service.stat(path)) != nil
  }
}
