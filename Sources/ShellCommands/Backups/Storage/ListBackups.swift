import BackupLayout
import Backups
import CommandLineKit
import EventLoop
import JSON
import Terminal

/// `ls_backups`: what lies on a storage.
struct ListBackups: ShellCommand {
  static let name = "ls_backups"
  static let summary = "list the backups on a storage: of which tables, how large, and whether they are complete"
  static let group = "Backups"
  static let effect = CommandEffect.local
  static let discussion = """
    Reads the storage itself; no cluster is asked. A backup is complete when every partition was written to its end and \
    every file is there with its size; 'check_backup' also reads the files and compares their MD5s. A backup that is being \
    written looks like one that was given up: 'query_backup_status' tells them apart.

    With --quick only what a backup says of itself is read, without sizes.

    A storage of the type hdfs_service is reached through WebHDFS or HttpFS ('http' in its section of the configuration), \
    as 'user' or with a delegation token ('delegation_file'); Kerberos is not spoken. That was tried against a stand-in \
    made after Hadoop's sources, not against Hadoop.
    """
  static let parameters: [Parameter<Self>] =
    BackupChoice.parameters.nested(in: \.choice) + [
      .flag(\.isQuick, "-q", "--quick", help: "do not look at every partition"),
      .flag(\.isDetailed, "-d", "--detailed", help: "what is wrong, and the line that restores each table"),
    ] + OutputOptions.parameters.nested(in: \.format)
  static let examples = [
    CommandExample("ls_backups -b hdfs_x -r /user/pegasus/backup", "all of them, the newest first"),
    CommandExample("ls_backups -b local_service -a users -d", "of one table, and how to restore it"),
  ]

  var choice = BackupChoice()
  var isQuick = false
  var isDetailed = false
  var format = OutputOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let service = try session.storage(choice.provider)
    let locations = try await choice.find(on: service) { session.output.info($0) }
    var found: [FoundBackup] = []
    var unreadable: [BlockServiceError] = []
    for location in locations {
      guard let backup = try await read(location, on: service, &unreadable) else { continue }
      if backup.tables.isEmpty || backup.tables.contains(where: { choice.wants(name: $0.name, id: $0.id) }) {
        found.append(backup)
      }
    }
    if found.isEmpty, !format.isJSON, !session.output.isJSON, format.file == nil {
      let place = choice.directory.isEmpty ? service.summary : "\(choice.directory) of \(service.summary)"
      return session.output.note(
        "no backups" + (choice.words.isEmpty ? "" : " of \(choice.words)") + " in \(place)")
    }
    try session.show(sections(found), format)
    guard let first = unreadable.first else { return }
    throw ShellError(
      (unreadable.count == 1 ? "1 backup" : "\(unreadable.count) backups") + " could not be looked at: \(first)",
      advice: ShellError.clause(first.advice))
  }

  /// Nil for one that was removed since it was listed. What the storage does not let us read shall not hide the others.
  @LoopActor
  private func read(
    _ location: BackupLocation, on service: any BlockService, _ unreadable: inout [BlockServiceError]
  ) async throws -> FoundBackup? {
    do throws(BlockServiceError) {
      return try await BackupReader(service).read(location, depth: isQuick ? .summary : .partitions)
    } catch {
      switch error.kind {
      case .notFound: return nil
      case .denied, .other, .truncated:
        unreadable.append(error)
        let problem = StorageProblem(.unreadable, location.path, error.description, advice: error.advice)
        return FoundBackup(location: location, problems: [problem])
      default: throw error
      }
    }
  }

  private func sections(_ backups: [FoundBackup]) -> [TextTable] {
    var list = TextTable(
      "backups",
      columns: [
        .init("backup_id"), .init("start_time"), .init("in"), .init("app_id"), .init("app_name"),
        .init("partitions", .right), .init("size", .right), .init("state"),
      ], json: .list)
    var problems = TextTable("problems", columns: ["backup_id", "place", "problem"], json: .list)
    var lines = TextTable("restore", columns: ["backup_id", "line"], json: .list)
    for backup in backups {
      let id = backup.location.id
      var tables = backup.tables.filter { choice.wants(name: $0.name, id: $0.id) }.map { $0 as TableBackup? }
      if tables.isEmpty { tables = [nil] }
      for table in tables {
        list.add(row: [
          .integer(id), .time(milliseconds: id), .text(StoredText.shown(backup.location.root)),
          table.map { .integer($0.id) } ?? .missing,
          .optional(table?.name), table?.metadata.map { .integer($0.partitionCount) } ?? .missing,
          table.flatMap { isQuick ? nil : .size($0.bytes) } ?? .missing, .text(Self.state(backup, table)),
        ])
        if let table, isDetailed, backup.isComplete {
          lines.add(row: [.integer(id), .text(restoreLine(backup, table))])
        }
      }
      guard isDetailed else { continue }
      for problem in backup.allProblems {
        problems.add(row: [.integer(id), .text(problem.place), .text(problem.detail)])
      }
    }
    return isDetailed ? [list, problems, lines] : [list]
  }

  /// `complete`, `unfinished`, `damaged`.
  private static func state(_ backup: FoundBackup, _ table: TableBackup?) -> String {
    let problems = backup.problems + (table?.allProblems ?? [])
    if problems.isEmpty { return "complete" }
    if problems.contains(where: { $0.kind == .unreadable }) { return "unreadable" }
    return problems.allSatisfy { [.unfinished, .unfinishedPartition].contains($0.kind) } ? "unfinished" : "damaged"
  }

  private func restoreLine(_ backup: FoundBackup, _ table: TableBackup) -> String {
    let parts = backup.location.root.split(separator: "/").map(String.init)
    // The last part is the servers' own; what is in front of it was given with the backup.
    let path = parts.dropLast().joined(separator: "/")
    return
      "restore -c \(asTyped(parts.last ?? "")) -a \(table.name) -i \(table.id) -t \(backup.location.id) -b \(choice.provider)"
      + (path.isEmpty ? "" : " -r \(asTyped((choice.path?.hasPrefix("/") == true ? "/" : "") + path))")
  }
}

extension Cell {
  /// Bytes: a short text, and the number in JSON.
  static func size(_ bytes: Int64) -> Cell { .typed(Format.size(Double(bytes)), .integer(bytes)) }
}
