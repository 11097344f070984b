import Copying
import EventLoop
import Jobs
import PegasusClient

/// The repair of a table as the work of a job.
@LoopActor
final class RepairWork: JobWork {
  /// The name of its step.
  nonisolated static let step = "repair"

  private let plan: RepairPlan
  private let run: RepairRun
  private let report: RepairReport
  private let previousElapsed: Duration
  private var decisions = RepairReport.Decisions()
  private var meter: ProgressMeter
  private var limit = JobRate.off
  private var hasBegun = false

  /// - Throws: `ShellError` when the journal does not hold what an earlier run has left
  init(_ plan: RepairPlan, source: Table, target: Table, findings: VerifyReportReader, job: Job) throws(ShellError) {
    self.plan = plan
    report = RepairReport(plan: plan)
    previousElapsed = job.previousElapsed
    let checkpoint = try RepairCheckpoint(job.checkpoints)
    let before = checkpoint.counts.lookedAt - checkpoint.counts.pending
    meter = ProgressMeter(from: ProgressMeter.Start(decided: before, done: before))
    run = RepairRun(
      source: source, target: target, findings: findings, options: plan.options, gate: job.gate,
      resumingFrom: checkpoint)
    if let rate = job.rate { _ = apply(rate) }
    run.onDecision = { [weak self] decision in self?.decisions.add(decision) }
  }

  func run(in job: Job) async throws -> JobOutcome {
    var result: RepairResult?
    do {
      try await job.step(Self.step) {
        try await self.run.prepare()
        self.hasBegun = true
        let end = await self.run.run()
        result = end
        if !RepairReport.isFinished(end) { throw IncompleteStep() }
      }
    } catch is IncompleteStep {}
    guard let result else { throw CancellationError() }
    return report.outcome(of: result, decisions)
  }

  var progress: JobProgress? {
    guard hasBegun else { return nil }
    return report.progress(of: run.snapshot, &meter, previousElapsed: previousElapsed, limit: limit)
  }

  var doneBefore: Int64? { meter.doneBefore }

  func takeCheckpoints() -> [Checkpoint] { run.takeCheckpoint().map { [$0.checkpoint] } ?? [] }

  func apply(_ rate: JobRate) -> Bool {
    // Rows are looked at: how many bytes they will have is not known before.
    guard rate.bytesPerSecond == nil else { return false }
    limit = rate
    run.limiter.rowsPerSecond = rate.unitsPerSecond
    return true
  }
}

extension JobKind {
  /// `repair_data`
  static let repair = JobKind(
    "repair_data", planVersion: RepairPlan.version,
    writes: {
      let plan = try RepairPlan($0)
      return plan.options.isDryRun ? [] : [TableWrite(plan.target)]
    }
  ) { plan, session, occasion in
    let parameters = try RepairPlan(plan.parameters)
    var changes = PlanChanges()
    let source = try await parameters.source.table("source", in: session, &changes)
    let target = try await parameters.target.table("target", in: session, &changes)
    if case .resume(let record) = occasion {
      let contents = try await VerifyReportReader.check(parameters.report)
      if contents.fingerprint != parameters.fingerprint {
        changes.add("the report \(parameters.report) is another one")
      }
      try changes.refuse(record.id, advice: "verify_data with --report finds what differs now")
    } else {
      try RepairData.refuse(changes)
    }
    guard let source, let target else { throw ShellError("a table is not there") }
    let findings = try VerifyReportReader(path: parameters.report)
    return { job in try RepairWork(parameters, source: source, target: target, findings: findings, job: job) }
  }
}
