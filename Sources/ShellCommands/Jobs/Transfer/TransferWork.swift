import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient

/// A copy or a clearing as the work of a job.
@LoopActor
final class TransferWork: JobWork {
  /// The name of its step.
  nonisolated static let step = "transfer"

  private let tables: TransferTables
  private let report: TransferReport
  private let run: CopyRun
  private var meter: ProgressMeter
  private var limit = JobRate.off

  /// - Parameter isResumed: an earlier run may have written rows that no checkpoint tells of
  init(_ plan: TransferPlan, _ tables: TransferTables, job: Job, isResumed: Bool) {
    self.tables = tables
    report = TransferReport(verb: plan.options.mode == .delete ? "Clear" : "Copy")
    let checkpoints = job.checkpoints.compactMap { PartitionCheckpoint($0) }
    var before = RowCounts()
    for checkpoint in checkpoints { before += checkpoint.counts }
    meter = ProgressMeter(from: ProgressMeter.Start(decided: before.read - before.pending, done: before.copied))
    run = CopyRun(
      source: tables.source, target: tables.target, options: plan.options, geo: tables.geo, gate: job.gate,
      resumingFrom: checkpoints, isResumed: isResumed,
      previousElapsed: job.previousElapsed)
    if let rate = job.rate { _ = apply(rate) }
  }

  /// Copies what is not copied yet.
  func run(in job: Job) async throws -> JobOutcome {
    var result: CopyResult?
    do {
      try await job.step(Self.step) {
        let partitions = try await self.run.prepare()
        self.run.expect(rows: try await RowEstimate(self.tables.source).rows(of: partitions))
        let end = await self.run.run()
        result = end
        if !end.isComplete { throw IncompleteStep() }
      }
    } catch is IncompleteStep {}
    guard let result else { throw CancellationError() }
    return report.outcome(of: result)
  }

  var progress: JobProgress? {
    let snapshot = run.snapshot
    guard !snapshot.partitions.isEmpty else { return nil }
    return report.progress(of: snapshot, &meter, limit: limit)
  }

  var doneBefore: Int64? { meter.doneBefore }

  func takeCheckpoints() -> [Checkpoint] { run.takeCheckpoints().map(\.checkpoint) }

  func apply(_ rate: JobRate) -> Bool {
    limit = rate
    run.limiter.take(rate)
    return true
  }
}

extension JobKind {
  /// `copy_data`
  static let copy = transfer("copy_data")
  /// `clear_data`
  static let clear = transfer("clear_data")

  private static func transfer(_ name: String) -> JobKind {
    JobKind(
      name, planVersion: TransferPlan.version, writes: { try TransferPlan($0).writes }
    ) { plan, session, occasion in
      let parameters = try TransferPlan(plan.parameters)
      let tables = try await TransferTables(parameters, occasion, in: session)
      // What stands in the way of a copy may have come up since it was begun.
      if case .resume(let record) = occasion, parameters.options.mode != .delete, !record.isDone(TransferWork.step) {
        try await CopyPreflightGate(parameters, tables, in: session).pass(in: session, isResumed: true)
      }
      guard let verify = parameters.verifyPlan else {
        return { job in TransferWork(parameters, tables, job: job, isResumed: occasion.isResume) }
      }
      let file = try verify.report.map { path throws(ShellError) in try VerifyReportFile(path: path) }
      return { job in
        VerifiedCopyWork(
          copy: TransferWork(parameters, tables, job: job, isResumed: occasion.isResume),
          verify: try VerifyStep(
            verify, source: tables.source, target: tables.target, file: file, scope: JobScope(job)),
          isCopied: job.isDone(TransferWork.step))
      }
    }
  }
}
