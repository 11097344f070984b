import Backups
import CommandLineKit
import EventLoop
import Jobs

/// `check_backup`: whether a backup is whole.
struct CheckBackup: JobCommand {
  static let name = "check_backup"
  static let summary = "tell whether a backup is whole: documents, files, sizes and MD5s"
  static let group = "Backups"
  static let effect = CommandEffect.local
  static let discussion = """
    Reads every file of the backup from the storage, without keeping it; no cluster is asked. Without -t the newest backup \
    is checked, with -a the newest one with that table.

    The exit status is 0 when the backup is whole, 1 when it is damaged or unfinished, 2 when that could not be told. It is \
    a job: what was found right is not read again by 'resume'.
    """
  static let parameters: [Parameter<Self>] =
    BackupChoice.parameters.nested(in: \.choice) + [
      .flag(\.skipsFiles, "--no_md5", help: "do not read the files: only whether they are there, with their sizes"),
      .option(\.parallel, "--parallel", value: "num", help: "files read side by side"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("check_backup -b hdfs_x -r /user/pegasus/backup -t 1742888751127", "everything in it"),
    CommandExample("check_backup -b hdfs_x -a users --no_md5", "the newest backup of a table, quickly"),
  ]

  var choice = BackupChoice()
  var skipsFiles = false
  var parallel = 4
  var isJSON = false
  var job = JobOptions()

  func validate() throws(UsageError) {
    if !(1...64).contains(parallel) { throw UsageError("parallel: 1 to 64 is expected", kind: .invalidValue) }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let service: any BlockService
    let location: BackupLocation
    let tables: [Int32]?
    do {
      service = try session.storage(choice.provider)
      (location, tables) = try await choose(on: service)
    } catch {
      var shown = ShellError(error)
      if shown.status != .interrupted { shown.status = .couldNotTell }
      throw shown
    }
    let plan = CheckPlan(
      provider: choice.provider, storage: service.summary, location: location, tables: tables, readsFiles: !skipsFiles,
      parallel: parallel)
    try await session.launch(
      JobPlan(
        version: CheckPlan.version, kind: Self.name, title: plan.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: skipsFiles ? [CheckWork.look] : [CheckWork.look, CheckWork.read]),
      job, asJSON: isJSON)
  }

  /// The newest one that fits, and which of its tables.
  @LoopActor
  private func choose(on service: any BlockService) async throws -> (BackupLocation, [Int32]?) {
    let reader = BackupReader(service)
    let locations = try await choice.find(on: service)
    guard choice.table != nil || choice.tableID != nil else {
      guard let newest = locations.first else { throw none(service) }
      return (newest, nil)
    }
    for location in locations {
      let backup = try await reader.read(location, depth: .summary)
      let tables = backup.tables.filter { choice.wants(name: $0.name, id: $0.id) }
      if !tables.isEmpty { return (location, tables.map(\.id)) }
    }
    throw none(service)
  }

  private func none(_ service: any BlockService) -> ShellError {
    ShellError(
      "there is no backup\(choice.words.isEmpty ? "" : " of \(choice.words)") in "
        + (choice.directory.isEmpty ? service.summary : "\(choice.directory) of \(service.summary)"),
      advice: "'ls_backups -b \(choice.provider)' shows what there is", status: .couldNotTell)
  }
}
