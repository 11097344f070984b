import BackupLayout
import Backups
import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Makes files for the new table of the backup: `offline_split` as an act.
@LoopActor
final class SplitAct: PlaybookAct {
  nonisolated let name = "split"
  nonisolated let title: String
  let steps = [SplitAct.claim] + SplitWork.steps
  let place: FilePlace
  private let create: CreateTableAct
  private let source: any BlockService
  private let storage: any BlockService
  private let backup: BackupAct
  private let original: TableIdentity
  private let tell: @LoopActor (String) -> Void
  private var work: SplitWork?

  private nonisolated static let claim = StepPlan(name: "claim", title: "See that the place for the files is free")

  /// - Parameters:
  ///   - source: where the backup lies
  ///   - storage: where the files go
  init(
    _ create: CreateTableAct, _ backup: BackupAct, _ sides: MigrationSides, _ place: FilePlace,
    from source: any BlockService, to storage: any BlockService
  ) {
    self.create = create
    self.backup = backup
    self.place = place
    self.source = source
    self.storage = storage
    original = sides.plan.source
    tell = sides.tell
    title =
      "make files of the backup for \(create.wanted.partitionCount) partitions, in "
      + place.tree(cluster: create.clusterName, table: create.wanted.name).table + " of '\(storage.name)'"
  }

  var tree: BulkLoadTree { place.tree(cluster: create.clusterName, table: create.wanted.name) }

  // MARK: Doing

  /// - Throws: `ShellError` when the storage does not answer
  private func isFree() async throws(ShellError) -> Bool {
    do throws(BlockServiceError) {
      return try await storage.listIfThere(tree.table).isEmpty
    } catch {
      throw ShellError(error)
    }
  }

  func look() async throws -> [Finding] {
    do throws(ShellError) {
      guard try await !isFree() else { return [] }
      return [
        Finding(
          .blocker, .storage, "\(tree.table) of \(storage.summary) is not empty",
          advice: "another --to_root; or remove it, when it is of no use any more")
      ]
    } catch {
      return [Finding(.blocker, .storage, error.message, advice: error.advice)]
    }
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    if scope.detail(of: Self.claim.name)["own"] != true {
      try await scope.step(Self.claim.name) {
        guard try await self.isFree() else {
          throw ShellError(
            "\(self.tree.table) of \(self.storage.summary) is not empty any more", advice: "somebody else uses it",
            status: .refused)
        }
        // From here on what is there is this job's, and an undo may remove it.
        try await scope.setDetail(.object(["own": true]), of: Self.claim.name)
      }
    }
    let table = try create.found()
    let work = SplitWork(try await plan(for: table), from: source, to: storage, scope: scope)
    self.work = work
    var outcome = try await work.run(in: scope)
    // The load is the next act, and how it is begun by hand is of no use here.
    if outcome.isComplete { outcome.lines.removeAll { $0.hasPrefix("INFO: start_bulk_load ") } }
    return outcome
  }

  private func plan(for table: TableIdentity) async throws -> SplitJobPlan {
    guard let location = backup.location else {
      throw ShellError(
        "where the backup lies is not known", advice: "begin anew, and name it: --cold_backup_root", status: .refused)
    }
    var options = SplitOptions(
      tree: tree, tableID: table.appID, tableName: table.table, partitionCount: Int32(clamping: table.partitionCount),
      workDirectory: place.workDirectory)
    options.dataVersion = try await PatientQuery().ask {
      try await SplitTable.dataVersion(
        of: table.appID, named: table.table, in: self.create.client, tell: self.tell)
    }
    options.workers = place.parallel
    options.fileBytes = place.fileMegabytes << 20
    return SplitJobPlan(
      source: SplitJobPlan.Storage(source), location: location, tableID: original.appID,
      tableName: original.table, target: SplitJobPlan.Storage(storage), root: place.root, cluster: create.clusterName,
      options: options, loaded: table)
  }

  var progress: JobProgress? { work?.progress }
  func takeCheckpoints() -> [Checkpoint] { work?.takeCheckpoints() ?? [] }

  // MARK: Taking back

  var undoTitle: String? { "remove the files, \(tree.table) of '\(storage.name)'" }

  private func isLeft(_ trace: PlaybookTrace) async throws -> Bool {
    guard trace.detail(of: Self.claim.name)["own"] == true else { return false }
    return try await !isFree()
  }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    try await isLeft(trace) ? PlaybookUndo("remove \(tree.table) of \(storage.summary) with all files in it") : nil
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    guard trace.detail(of: Self.claim.name)["own"] == true else { return nil }
    let wasLeft = try await isLeft(trace)
    do throws(SplitError) {
      try await OfflineSplit.clean(tree, on: storage, workDirectory: place.workDirectory)
    } catch {
      throw ShellError(error)
    }
    return wasLeft ? "removed \(tree.table) of '\(storage.name)'" : nil
  }
}
