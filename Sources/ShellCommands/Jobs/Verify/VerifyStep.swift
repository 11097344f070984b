import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient

/// Comparing two tables as a step of a job: of a verify's only one, or of a copy's last one.
@LoopActor
final class VerifyStep {
  /// Its name.
  nonisolated static let name = "verify"

  private let plan: VerifyPlan
  private let report: VerifyReport
  private let file: VerifyReportFile?
  private let source: Table
  private let run: VerifyRun
  /// Working time of the job before this step of this run.
  var previousElapsed: Duration
  private var checkpoints = VerifyCheckpoints(step: name)
  private var meter: ProgressMeter
  private var estimate: Int64?
  private var hasBegun = false
  private var limit = JobRate.off

  /// - Throws: `ShellError` when the journal does not hold what an earlier run has left
  init(
    _ plan: VerifyPlan, source: Table, target: Table, file: VerifyReportFile?, scope: JobScope
  ) throws(ShellError) {
    self.plan = plan
    self.source = source
    self.file = file
    previousElapsed = scope.previousElapsed
    report = VerifyReport(plan: plan)
    let (mark, keys) = try checkpoints.read(scope.checkpoints)
    run = VerifyRun(
      source: source, target: target, options: plan.options, gate: scope.gate, resumingFrom: mark, differing: keys)
    let before = run.snapshot.counts.keys
    meter = ProgressMeter(from: ProgressMeter.Start(decided: before, done: before))
    if let rate = scope.rate { apply(rate) }
  }

  /// Compares what is not compared yet, and writes the report.
  ///
  /// - Throws: `ShellError` when it cannot begin, or the report cannot be written; `CancellationError`
  func run(in scope: JobScope) async throws -> JobOutcome {
    var result: VerifyResult?
    do {
      try await scope.step(Self.name) {
        let end = try await self.compare()
        result = end
        if !end.isFinished { throw IncompleteStep() }
      }
    } catch is IncompleteStep {}
    guard let result else { throw CancellationError() }
    return report.outcome(of: result)
  }

  private func compare() async throws -> VerifyResult {
    do {
      try await run.prepare()
    } catch {
      throw Self.withoutAnswer(error)
    }
    if plan.options.filter == RowFilter() {
      let count = try await source.partitions().count
      estimate = try await RowEstimate(source).rows(of: plan.options.partitions ?? (0..<Int32(count)).map { $0 })
    }
    hasBegun = true
    let result = await run.run()
    try file?.write(result, plan: plan)
    return result
  }

  /// When nothing was compared, that is not "different".
  static func withoutAnswer(_ error: any Error) -> any Error {
    guard let error = error as? ClientError, !error.isCancellation else { return error }
    var problem = ShellError(error)
    problem.status = .couldNotTell
    return problem
  }

  var progress: JobProgress? {
    guard hasBegun else { return nil }
    return report.progress(
      of: run.snapshot, &meter, estimate: estimate, previousElapsed: previousElapsed, limit: limit)
  }

  var doneBefore: Int64? { meter.doneBefore }

  func takeCheckpoints() -> [Checkpoint] {
    guard let mark = run.takeCheckpoint() else { return [] }
    return checkpoints.take(mark) { run.differing($0) }
  }

  func apply(_ rate: JobRate) {
    limit = rate
    run.limiter.take(rate)
  }
}
