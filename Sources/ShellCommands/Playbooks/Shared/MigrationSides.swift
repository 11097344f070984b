import JSON
import Backups
import EventLoop
import Jobs
import PegasusClient

/// What a migration's plan names, as it is now.
@LoopActor
struct MigrationSides {
  let plan: MigrationPlan
  let source: ClusterClient
  let target: ClusterClient
  /// Where the backup lies; nil: this shell does not reach it.
  let storage: (any BlockService)?
  /// Knows the other migrations of this machine.
  let jobs: JobCentre
  /// Says what a person wants to know at once.
  let tell: @LoopActor (String) -> Void

  /// Finds both clusters and the storage; on a resume, looks whether they and the source are still those of the plan.
  ///
  /// - Throws: `ShellError` with status `refused` that names each change; `ClientError` when a cluster does not answer
  init(_ plan: MigrationPlan, _ occasion: PlaybookOccasion, in session: Session) async throws {
    var changes = PlanChanges()
    let source = try await ClusterIdentity(of: plan.source).client(in: session, &changes)
    let target = try await plan.target.client(in: session, &changes)
    storage =
      plan.storage == nil
      ? nil : session.storageIfKnown(plan.backup.provider, otherwise: "what is on the storage is not looked at")
    if occasion.job != nil, changes.isEmpty {
      _ = try await plan.source.table("source", in: session, &changes)
    }
    if let planned = plan.storage, let storage {
      try Self.compare(storage, with: planned, occasion, &changes)
    }
    if let occasion = occasion.job {
      try changes.refuse(occasion, advice: "'undo' takes back what was done; then the migration begins anew")
    }
    guard let source, let target else {
      throw ShellError(changes.lines.first ?? "a cluster is not there", status: .refused)
    }
    self.plan = plan
    self.source = source
    self.target = target
    jobs = session.jobs
    let output = session.output
    tell = { output.info($0) }
  }

  /// Looks whether a storage is still the one of the plan. What an undo would remove must not be somebody else's, of the same
  /// path elsewhere.
  ///
  /// - Throws: `ShellError` with status `refused` for an undo
  static func compare(
    _ storage: any BlockService, with planned: String, _ occasion: PlaybookOccasion, _ changes: inout PlanChanges
  ) throws(ShellError) {
    guard storage.summary != planned else { return }
    changes.compare("the storage '\(storage.name)'", .string(planned), .string(storage.summary))
    guard case .undo(let record) = occasion else { return }
    throw ShellError(
      "job \(record.id) cannot be taken back: the storage '\(storage.name)' was '\(planned)', now '\(storage.summary)'",
      advice: "what the job has left lies on the former one: configure that again", status: .refused)
  }
}
