import Backups
import EventLoop

/// Finds the newest backup that fits.
@LoopActor
struct BackupSearch {
  let choice: BackupChoice
  let service: any BlockService
  /// Told what could not be looked into.
  var note: ((String) -> Void)?

  /// The newest backup that holds what was asked for, and those of its tables; nil for all of them.
  ///
  /// - Throws: `ShellError` when there is none, `BlockServiceError`
  func newest() async throws -> (BackupLocation, [TableBackup]?) {
    let locations = try await choice.find(on: service, note: note)
    guard choice.table != nil || choice.tableID != nil else {
      guard let newest = locations.first else { throw none }
      return (newest, nil)
    }
    for location in locations {
      let backup = try await BackupReader(service).read(location, depth: .summary)
      let tables = backup.tables.filter { choice.wants(name: $0.name, id: $0.id) }
      if !tables.isEmpty { return (location, tables) }
    }
    throw none
  }

  /// The newest finished backup of one table.
  ///
  /// - Throws: `ShellError` when there is none, or when the name alone does not say which table is meant
  func newestTable() async throws -> (BackupLocation, TableBackup) {
    var unfinished: StorageProblem?
    for location in try await choice.find(on: service, note: note) {
      let backup = try await BackupReader(service).read(location, depth: .summary)
      let tables = backup.tables.filter { choice.wants(name: $0.name, id: $0.id) }
      guard let table = tables.first else { continue }
      if let problem = backup.problems.first, choice.id == nil {
        // One that is being written; an older one is as good as it was.
        unfinished = unfinished ?? problem
        continue
      }
      if let problem = backup.problems.first ?? table.problems.first {
        throw ShellError(problem.description, advice: ShellError.clause(problem.advice))
      }
      guard tables.count == 1 else {
        throw ShellError(
          "backup \(location.id) has several tables '\(table.name)'",
          advice: "-i names one: " + tables.map { "\($0.id)" }.joined(separator: ", "), status: .usage)
      }
      return (location, table)
    }
    if let unfinished { throw ShellError(unfinished.description, advice: ShellError.clause(unfinished.advice)) }
    throw none
  }

  private var none: ShellError {
    ShellError(
      "there is no backup\(choice.words.isEmpty ? "" : " of \(choice.words)") in "
        + (choice.directory.isEmpty ? service.summary : "\(choice.directory) of \(service.summary)"),
      advice: "'ls_backups -b \(choice.provider)' shows what there is")
  }
}
