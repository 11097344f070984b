import Backups
import EventLoop
import JSON
import Jobs

/// An offline split as the work of a job. What is finished is not done again by a resume.
@LoopActor
final class SplitWork: PartWork {
  nonisolated static let look = StepPlan(name: "look", title: "Look at the backup and the target")
  nonisolated static let fetch = StepPlan(name: "fetch", title: "Fetch the files and compare MD5s")
  nonisolated static let plan = StepPlan(name: "plan", title: "Divide the rows")
  nonisolated static let split = StepPlan(name: "split", title: "Write the files")
  nonisolated static let finish = StepPlan(name: "finish", title: "Write the documents")
  nonisolated static let steps = [look, fetch, plan, split, finish]

  private let plan: SplitJobPlan
  private let source: any BlockService
  private let target: any BlockService
  private let gate: Gate
  private let clock: WorkClock
  private let checkpoints: [SplitCheckpoint]
  private var run: OfflineSplit?
  private var meter: ProgressMeter
  private let isResumed: Bool
  private var meteredVerb = ""

  init(_ plan: SplitJobPlan, from source: any BlockService, to target: any BlockService, scope: JobScope) {
    self.plan = plan
    self.source = source
    self.target = target
    gate = scope.gate
    clock = WorkClock(scope.previousElapsed)
    isResumed = scope.isResumed
    meter = ProgressMeter(isResumed: scope.isResumed)
    checkpoints = scope.checkpoints.compactMap { checkpoint in
      guard checkpoint.isFinished, let stage = SplitCheckpoint.Stage(rawValue: checkpoint.step) else { return nil }
      return SplitCheckpoint(stage: stage, part: checkpoint.part, checkpoint.detail)
    }
  }

  func run(in scope: JobScope) async throws -> JobOutcome {
    do {
      let split = try await scope.step(Self.look.name) { try await self.begin(in: scope) }
      run = split
      try await scope.step(Self.fetch.name) { try await split.fetch() }
      try await scope.step(Self.plan.name) {
        let plan = try await split.makePlan()
        // The checkpoints of the splitting mean something together with it alone.
        try await scope.setDetail(plan.json, of: Self.plan.name)
      }
      try await scope.step(Self.split.name) { try await split.split() }
      let result = try await scope.step(Self.finish.name) { try await split.finish() }
      return SplitReport(plan: plan).outcome(result)
    } catch let error as SplitError {
      if error.kind == .cancelled { throw CancellationError() }
      throw SplitReport(plan: plan).explained(error)
    }
  }

  private func begin(in scope: JobScope) async throws -> OfflineSplit {
    let backup = try await BackupReader(source).read(plan.location, tables: [plan.tableID])
    if let problem = backup.problems.first {
      throw ShellError(problem.description, advice: ShellError.clause(problem.advice))
    }
    guard let table = backup.tables.first else {
      throw ShellError("backup \(plan.location.id) has no table with the id \(plan.tableID)")
    }
    let earlier = scope.detail(of: Self.plan.name)
    let split = OfflineSplit(
      of: table, on: source, to: target, options: plan.options, gate: gate, plan: SplitPlan(earlier),
      resumingFrom: checkpoints)
    try await split.prepare()
    return split
  }

  func takeCheckpoints() -> [Checkpoint] {
    (run?.takeCheckpoints() ?? []).map {
      Checkpoint(step: $0.stage.rawValue, part: $0.part, isFinished: true, detail: $0.json)
    }
  }

  var progress: JobProgress? {
    guard let snapshot = run?.snapshot else { return nil }
    var progress = SplitReport.progress(of: snapshot)
    progress.elapsed = clock.elapsed
    if snapshot.stage == .waiting { return progress }
    // What an earlier run has fetched or split is there at once.
    if progress.verb != meteredVerb { (meter, meteredVerb) = (ProgressMeter(isResumed: isResumed), progress.verb) }
    meter.measure(
      &progress, decided: progress.done, left: progress.total.map { max(0, $0 - progress.done) },
      fraction: snapshot.fractionDone)
    return progress
  }
}

extension JobKind {
  /// `offline_split`
  static let offlineSplit = JobKind("offline_split", planVersion: SplitJobPlan.version) { plan, session, occasion in
    let parameters = try SplitJobPlan(plan.parameters)
    let source = try session.storage(parameters.source.provider)
    let target = try session.storage(parameters.target.provider)
    var changes = PlanChanges()
    for (planned, present) in [(parameters.source, source), (parameters.target, target)] {
      changes.compare("the storage '\(planned.provider)'", .string(planned.summary), .string(present.summary))
    }
    try await session.requireNoOtherSplit(into: parameters.options.tree, of: target)
    if let loaded = parameters.loaded { _ = try await loaded.table("target", in: session, &changes) }
    try changes.refuse(occasion, advice: "clean up ('offline_split … --clean'), then begin anew")
    return { job in SplitWork(parameters, from: source, to: target, scope: JobScope(job)) }
  }
}
