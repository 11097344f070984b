import Copying
import EventLoop
import Jobs
import PegasusClient

/// A precise count as the work of a job.
@LoopActor
final class CountWork: JobWork {
  /// The name of its step.
  nonisolated static let step = "count"

  private let plan: CountPlan
  private let table: Table
  private let report: CountReport
  private let run: CountRun
  private var meter = ProgressMeter(isResumed: false)
  private var estimate: Int64?
  private var isPrepared = false
  private var limit = JobRate.off

  init(_ plan: CountPlan, table: Table, job: Job) {
    self.plan = plan
    self.table = table
    report = CountReport(plan: plan)
    run = CountRun(table: table, options: plan.options, gate: job.gate)
  }

  func run(in job: Job) async throws -> JobOutcome {
    var outcome: JobOutcome?
    do {
      try await job.step(Self.step) {
        let partitions = try await self.run.prepare()
        self.isPrepared = true
        if self.plan.options.filter == RowFilter() {
          self.estimate = try await RowEstimate(self.table).rows(of: partitions)
        }
        let end = await self.count()
        outcome = end
        if !end.isComplete { throw IncompleteStep() }
      }
    } catch is IncompleteStep {}
    guard let outcome else { throw CancellationError() }
    return outcome
  }

  /// Counts to the end, or until the time is up.
  private func count() async -> JobOutcome {
    let run = run
    let counting = Task { @LoopActor in await run.run() }
    var isOutOfTime = false
    var timer: TimerID?
    if plan.runSeconds > 0 {
      timer = EventLoop.shared.schedule(after: .seconds(plan.runSeconds)) {
        isOutOfTime = true
        counting.cancel()
      }
    }
    let result = await withTaskCancellationHandler {
      await counting.value
    } onCancel: {
      counting.cancel()
    }
    if let timer { EventLoop.shared.cancel(timer) }
    return report.outcome(of: result, isOutOfTime: isOutOfTime && !Task.isCancelled && !result.isComplete)
  }

  var progress: JobProgress? {
    guard isPrepared else { return nil }
    var progress = report.progress(of: run.snapshot, &meter, estimate: estimate)
    progress.limit = limit == .off ? "" : limit.description
    return progress
  }

  func apply(_ rate: JobRate) -> Bool {
    limit = rate
    run.limiter.take(rate)
    return true
  }
}

extension JobKind {
  /// `count_data -c`
  static let count = JobKind(
    "count_data", planVersion: CountPlan.version, beginsAnew: "a count keeps nothing of what it has read"
  ) { plan, session, occasion in
    let parameters = try CountPlan(plan.parameters)
    var changes = PlanChanges()
    let table = try await parameters.table.table("counted", in: session, &changes)
    try changes.refuse(occasion, advice: "count_data counts the table as it is now")
    guard let table else { throw ShellError("the table is not there") }
    return { job in CountWork(parameters, table: table, job: job) }
  }
}
