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
      let found = try await BackupSearch(choice: choice, service: service, note: { session.output.info($0) }).newest()
      (location, tables) = (found.0, found.1?.map(\.id))
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
}
