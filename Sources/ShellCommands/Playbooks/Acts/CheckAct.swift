import Backups
import EventLoop
import JSON
import Jobs

/// Looks whether the backup is whole, before anything is made of it.
@LoopActor
final class CheckAct: PlaybookAct {
  nonisolated let name = "check"
  nonisolated let title: String
  let steps: [StepPlan]

  private let backup: BackupAct
  private let plan: MigrationPlan
  private let storage: (any BlockService)?
  private var work: CheckWork?

  init(_ backup: BackupAct, _ sides: MigrationSides) {
    self.backup = backup
    plan = sides.plan
    storage = sides.storage
    steps = plan.readsFiles ? [CheckWork.look, CheckWork.read] : [CheckWork.look]
    title =
      storage == nil
      ? "nothing: this shell does not reach '\(plan.backup.provider)'"
      : plan.readsFiles ? "read the backup and compare every MD5" : "look whether the backup is whole, by its sizes"
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    guard let storage, let location = backup.location else {
      for step in steps { await scope.skip(step.name) }
      return nil
    }
    let work = CheckWork(
      CheckPlan(
        provider: plan.backup.provider, storage: storage.summary, location: location, tables: [plan.source.appID],
        readsFiles: plan.readsFiles, parallel: 4), service: storage, scope: scope)
    self.work = work
    var outcome = try await work.run(in: scope)
    if outcome.isComplete, outcome.status != 0 {
      // A check is complete with whatever it has found; a migration is not.
      outcome.isComplete = false
      outcome.advice = outcome.advice.isEmpty ? Self.advice : "\(outcome.advice); \(Self.advice)"
    }
    return outcome
  }

  private static let advice = "nothing was made of it yet; once the storage is right 'resume' looks again"

  var progress: JobProgress? { work?.progress }

  func takeCheckpoints() -> [Checkpoint] { work?.takeCheckpoints() ?? [] }
}
