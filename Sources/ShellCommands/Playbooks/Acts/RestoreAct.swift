import Backups
import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Has the target's servers make the new table of the backup. Taken back, that table is dropped, by its id.
@LoopActor
final class RestoreAct: PlaybookAct {
  nonisolated static let guardStep = StepPlan(name: "guard", title: "Compare the backup with what will be asked for")

  nonisolated let name = "restore"
  nonisolated let title: String
  let steps = [guardStep, RestoreWork.start, RestoreWork.wait, RestoreWork.settle]

  private let backup: BackupAct
  private let plan: MigrationPlan
  private let target: ClusterClient
  private let storage: (any BlockService)?
  private let tell: @LoopActor (String) -> Void
  private var work: RestoreWork?
  /// Of the new table, once it is known.
  private(set) var appID: Int32?

  init(_ backup: BackupAct, _ sides: MigrationSides) {
    self.backup = backup
    plan = sides.plan
    target = sides.target
    storage = sides.storage
    tell = sides.tell
    title = "restore it as table '\(plan.table)' of \(plan.target.name), \(plan.source.partitionCount) partitions"
  }

  func recall(_ trace: PlaybookTrace) { appID = Self.appID(trace.detail(of: RestoreWork.start.name)) }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    guard let id = backup.id else { throw ShellError("no backup is known", status: .refused) }
    let restore = try restorePlan(of: id)
    if Self.appID(scope.detail(of: RestoreWork.start.name)) == nil {
      try await scope.step(Self.guardStep.name) { try await self.check(restore, in: scope) }
    }
    let work = RestoreWork(restore, cluster: target, scope: scope, tell: tell)
    self.work = work
    var outcome = try await work.run(in: scope)
    appID = Self.appID(scope.detail(of: RestoreWork.start.name))
    // A later act does what these ask for.
    if outcome.isComplete { outcome.lines.removeAll { $0.hasPrefix("INFO: ") } }
    return outcome
  }

  var progress: JobProgress? { work?.progress }

  private static func appID(_ detail: JSONValue) -> Int32? { detail["app_id"]?.whole.flatMap { Int32(exactly: $0) } }

  private func restorePlan(of id: Int64) throws(ShellError) -> RestorePlan {
    guard let root = plan.backup.coldRoot else {
      throw ShellError("the servers' cold_backup_root is not known", advice: "name it: --cold_backup_root")
    }
    return RestorePlan(
      target: plan.target,
      request: ConfigurationRestoreRequest(
        clusterName: root, policyName: "", timeStamp: id, appName: plan.source.table, appId: plan.source.appID,
        newAppName: plan.table, backupProviderName: plan.backup.provider, skipBadPartition: false,
        restorePath: plan.backup.path))
  }

  /// A meta server ends its process over a backup that contradicts itself; and somebody may have made a table of that name
  /// since the look.
  private func check(_ restore: RestorePlan, in scope: JobScope) async throws {
    if [.null, StepRecord.refused].contains(scope.detail(of: RestoreWork.start.name)),
      let there = try await PatientQuery().ask({ try await self.target.listTables() }).first(where: {
        $0.appName == self.plan.table
      })
    {
      throw ShellError(
        "cluster '\(plan.target.name)' has a table '\(plan.table)' now (id \(there.appId))",
        advice: "'drop' or 'rename' makes room for the new one", status: .refused)
    }
    if let storage { _ = try await RestoreCheck(service: storage, plan: restore).run() }
  }

  // MARK: Taking it back

  var undoTitle: String? { "drop table '\(plan.table)' of \(plan.target.name), if it is the one made here" }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    try await made(trace).map {
      PlaybookUndo(
        "drop table '\($0.appName)' (id \($0.appId)) of \(plan.target.name); 'recall \($0.appId)' brings it back for "
          + "some days", typed: $0.appName)
    }
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    guard let table = try await made(trace) else { return nil }
    try await target.dropTable(table.appName)
    return "dropped table '\(table.appName)' (id \(table.appId)) of \(plan.target.name)"
  }

  /// The table that this job has made, whatever it is called now; nil: it is gone, or never was.
  private func made(_ trace: PlaybookTrace) async throws -> AppInfo? {
    let detail = trace.detail(of: RestoreWork.start.name)
    guard detail != .null, detail != StepRecord.refused else { return nil }
    let tables = try await PatientQuery().ask { try await self.target.listTables() }
    if let id = Self.appID(detail) { return tables.first { $0.appId == id } }
    // It was asked for, but its id was not written down any more.
    return backup.id.flatMap { id in
      tables.first { $0.appName == plan.table && $0.envs["restore.backup_id"] == "\(id)" }
    }
  }
}
