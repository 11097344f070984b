import BackupLayout
import Backups
import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Backs the source up. Taken back, its files are removed from the storage.
@LoopActor
final class BackupAct: PlaybookAct {
  nonisolated let name = "backup"
  nonisolated let title: String
  let steps = [BackupWork.start, BackupWork.wait]

  private let plan: BackupPlan
  private let source: ClusterClient
  private let storage: (any BlockService)?
  private let tell: @LoopActor (String) -> Void
  private var work: BackupWork?
  /// Of the backup, once it is begun.
  private(set) var id: Int64?

  init(_ sides: MigrationSides) {
    plan = sides.plan.backup
    source = sides.source
    storage = sides.storage
    tell = sides.tell
    title = "back table '\(plan.table.table)' of \(plan.table.cluster) up to '\(plan.provider)'"
  }

  /// Where it lies, once it is begun.
  var location: BackupLocation? { id.flatMap { plan.location(of: $0) } }

  func look() async throws -> [Finding] {
    let items: [BackupItem]
    do throws(ClientError) {
      items = try await source.backups(ofTable: plan.table.appID)
    } catch {
      guard case .refused = error.reason else { throw error }
      let refusal = BackupRefusal.explained(error, plan)
      return [Finding(.blocker, .storage, refusal.message, advice: refusal.advice)]
    }
    guard let running = items.first(where: \.isRunning) else {
      return [Finding(.pass, .activity, "no backup of \(plan.table.title) is under way")]
    }
    return [
      Finding(
        .blocker, .activity, "backup \(running.backupId) of table '\(plan.table.table)' is still running",
        advice: "'query_backup_status \(plan.table.appID) \(running.backupId) --wait' waits for it")
    ]
  }

  func recall(_ trace: PlaybookTrace) { id = trace.detail(of: BackupWork.start.name)["backup_id"]?.whole }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let work = BackupWork(plan, cluster: source, storage: storage, scope: scope, tell: tell)
    self.work = work
    var outcome = try await work.run(in: scope)
    id = scope.detail(of: BackupWork.start.name)["backup_id"]?.whole
    // How to restore it by hand is of no use here.
    if outcome.isComplete { outcome.lines = [] }
    return outcome
  }

  var progress: JobProgress? { work?.progress }

  // MARK: Taking it back

  var undoTitle: String? { "remove the backup from '\(plan.provider)'" }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    let left = try await leftovers(trace)
    guard !left.isEmpty else { return nil }
    let places = left.map { plan.location(of: $0)?.path ?? "\($0)" }.joined(separator: ", ")
    guard storage != nil else {
      return PlaybookUndo("leave \(places) on '\(plan.provider)': this shell does not reach it")
    }
    return PlaybookUndo("remove \(places) from '\(plan.provider)'")
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    var texts: [String] = []
    for id in try await leftovers(trace) {
      try await waitForEnd(of: id, gate)
      if let storage, let location = plan.location(of: id) {
        try await storage.remove(location)
        texts.append("removed \(location.path) from '\(plan.provider)'")
      } else {
        let place = plan.location(of: id)?.path ?? "backup \(id)"
        texts.append("left \(place) on '\(plan.provider)', which this shell does not reach: remove it there")
      }
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  /// The backups that this job has begun, failed ones too, of which something is left.
  private func leftovers(_ trace: PlaybookTrace) async throws -> [Int64] {
    let begun = BackupBegun(trace.detail(of: BackupWork.start.name))
    var ids = begun.made
    // One that was asked for, but whose id was not written down any more: the first one after those that were known.
    if begun.isAsked, begun.id == nil {
      let lost = try await present().filter {
        !begun.known.contains($0.backupId) && $0.backupProviderType == plan.provider
          && $0.backupPath == plan.path ?? ""
      }
      ids += lost.map(\.backupId).min().map { [$0] } ?? []
    }
    guard let storage else { return ids }
    var left: [Int64] = []
    for id in ids {
      // Without the servers' directory no backup can be looked at, nor could one be restored.
      guard let place = plan.location(of: id)?.path else { continue }
      do throws(BlockServiceError) {
        // An empty one, too: a removal that was killed just before its end leaves that.
        _ = try await storage.list(place)
        left.append(id)
      } catch {
        guard error.kind == .notFound else { throw error }
        if try await isRunning(id) { left.append(id) }
      }
    }
    return left
  }

  /// What the servers know of the table's backups; nothing when the table is gone, and its backups with it.
  private func present() async throws -> [BackupItem] {
    do {
      return try await PatientQuery().ask { try await self.source.backups(ofTable: self.plan.table.appID) }
    } catch let error as ClientError where [.appNotExist, .appDropped].contains(error.code) {
      return []
    }
  }

  private func isRunning(_ id: Int64) async throws -> Bool {
    try await present().contains { $0.backupId == id && $0.isRunning }
  }

  /// Servers would go on writing into the directory: a backup cannot be cancelled.
  private func waitForEnd(of id: Int64, _ gate: Gate) async throws {
    var pace = AskingPace()
    var isTold = false
    while try await isRunning(id) {
      if !isTold { tell("backup \(id) still runs and cannot be cancelled: waiting for its end") }
      isTold = true
      try await gate.pass()
      try await pace.wait()
    }
  }
}
