import Backups
import EventLoop
import JSON
import Jobs
import Terminal

/// The check of a backup as the work of a job. Partitions that were found right are not read again by a resume.
@LoopActor
final class CheckWork: PartWork {
  nonisolated static let look = StepPlan(name: "look", title: "Look at the documents and sizes")
  nonisolated static let read = StepPlan(name: "read", title: "Read the files and compare MD5s")

  private let plan: CheckPlan
  private let service: any BlockService
  private let gate: Gate
  private let clock: WorkClock
  private var meter: ProgressMeter
  /// By table: the partitions that an earlier run has found right.
  private var finished: [Int32: Set<Int32>] = [:]
  private var checks: [(table: Int32, number: Int32, check: BackupCheck)] = []

  init(_ plan: CheckPlan, service: any BlockService, scope: JobScope) {
    self.plan = plan
    self.service = service
    gate = scope.gate
    clock = WorkClock(scope.previousElapsed)
    meter = ProgressMeter(isResumed: scope.isResumed)
    for checkpoint in scope.checkpoints where checkpoint.step == Self.read.name && checkpoint.isFinished {
      guard let table = checkpoint.detail["app_id"]?.whole.flatMap({ Int32(exactly: $0) }) else { continue }
      finished[table, default: []].insert(checkpoint.part & 0xFFFF)
    }
  }

  func run(in scope: JobScope) async throws -> JobOutcome {
    let backup: FoundBackup
    do {
      backup = try await scope.step(Self.look.name) {
        try await BackupReader(self.service).read(self.plan.location, tables: self.plan.tables.map { Set($0) })
      }
    } catch let error as BlockServiceError {
      if error.kind == .cancelled { throw CancellationError() }
      return CheckReport(plan: plan).noAnswer(error)
    }
    guard plan.readsFiles else { return CheckReport(plan: plan).outcome(backup, problems: [], readBytes: nil) }
    for (number, table) in backup.tables.enumerated() {
      let check = BackupCheck(
        table, on: service, parallel: plan.parallel, gate: gate, finished: finished[table.id] ?? [])
      checks.append((table.id, Int32(clamping: number), check))
    }
    var problems: [StorageProblem] = []
    do {
      try await scope.step(Self.read.name) {
        for (_, _, check) in self.checks {
          let result = await check.run()
          problems += result.problems
          if let error = result.error { throw error }
        }
      }
    } catch let error as BlockServiceError {
      if error.kind == .cancelled { throw CancellationError() }
      return CheckReport(plan: plan).noAnswer(error)
    }
    return CheckReport(plan: plan).outcome(backup, problems: problems, readBytes: snapshots.reduce(0) { $0 + $1.bytes })
  }

  private var snapshots: [CheckSnapshot] { checks.map(\.check.snapshot) }

  func takeCheckpoints() -> [Checkpoint] {
    checks.flatMap { table, number, check in
      check.takeFinished().map {
        Checkpoint(
          step: Self.read.name, part: number << 16 | $0, isFinished: true, detail: .object(["app_id": .int(table)]))
      }
    }
  }

  var progress: JobProgress? {
    guard !checks.isEmpty else { return nil }
    let snapshots = snapshots
    var progress = JobProgress(step: Self.read.name, verb: "Check", unit: "files")
    progress.elapsed = clock.elapsed
    progress.done = Int64(snapshots.reduce(0) { $0 + $1.files })
    progress.total = Int64(snapshots.reduce(0) { $0 + $1.fileCount })
    progress.bytes = snapshots.reduce(0) { $0 + $1.bytes }
    let damaged = Int64(snapshots.reduce(0) { $0 + $1.problemCount })
    progress.account = [
      JobProgress.Count(name: "read", count: progress.done),
      JobProgress.Count(name: "right", count: progress.done - damaged),
      JobProgress.Count(name: "damaged", count: damaged),
    ]
    let parts = snapshots.flatMap(\.parts)
    progress.parts = parts.enumerated().map {
      JobProgress.Part(number: Int32(clamping: $0), state: $1.state.rawValue, done: Int64($1.files))
    }
    progress.partCount = parts.count
    progress.finishedParts = parts.count { $0.state == .done || $0.state == .failed }
    let total = snapshots.reduce(Int64(0)) { $0 + $1.totalBytes }
    meter.measure(
      &progress, decided: progress.done, left: (progress.total ?? 0) - progress.done,
      fraction: total > 0 ? min(1, Double(progress.bytes) / Double(total)) : nil)
    return progress
  }
}

extension JobKind {
  /// `check_backup`
  static let check = JobKind("check_backup", planVersion: CheckPlan.version) { plan, session, occasion in
    let parameters = try CheckPlan(plan.parameters)
    let service = try session.storage(parameters.provider)
    var changes = PlanChanges()
    changes.compare("the storage '\(parameters.provider)'", .string(parameters.storage), .string(service.summary))
    try changes.refuse(occasion, advice: "check_backup checks what is there now")
    return { job in CheckWork(parameters, service: service, scope: JobScope(job)) }
  }
}
