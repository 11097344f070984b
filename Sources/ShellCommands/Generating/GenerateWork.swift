import EventLoop
import JSON
import Jobs
import PegasusClient

/// Filling a table with generated rows as the work of a job.
@LoopActor
final class GenerateWork: JobWork {
  /// The name of its step.
  nonisolated static let step = "generate"

  private let run: GenerateRun
  private let total: Int64
  private let started = Monotonic.now()
  private var meter = ProgressMeter(isResumed: false)

  init(_ plan: GeneratePlan, table: Table, job: Job) {
    total = plan.count
    run = GenerateRun(table: table, generator: plan.generator, total: Int(plan.count), gate: job.gate)
  }

  func run(in job: Job) async throws -> JobOutcome {
    do {
      try await job.step(Self.step) { try await self.run.run() }
    } catch {
      job.event("warning", ["message": .string("\(run.written) rows written before the end")])
      throw error
    }
    let rate = Int64(Double(run.written) / max((Monotonic.now() - started).inSeconds, 0.001))
    return JobOutcome(
      isComplete: true,
      headline: "\(run.written) rows written below \(run.users) hash keys, \(run.expiring) of them with a ttl.",
      lines: ["INFO: \(rate) rows/s"],
      result: .object([
        "rows": .int(run.written), "hash_keys": .int(run.users), "rows_with_ttl": .int(run.expiring),
        "rows_per_second": .integer(rate),
      ]))
  }

  var progress: JobProgress? {
    let written = run.written
    var progress = JobProgress(step: Self.step, verb: "Generate", unit: "rows")
    progress.elapsed = .now() - started
    progress.account = [JobProgress.Count(name: "rows", count: written)]
    progress.done = written
    progress.total = total
    meter.measure(&progress, decided: written, left: total - written, fraction: Double(written) / Double(total))
    return progress
  }
}

extension JobKind {
  /// `generate_data`
  static let generate = JobKind(
    "generate_data", planVersion: GeneratePlan.version, beginsAnew: "the same rows are written again",
    writes: { [TableWrite(try GeneratePlan($0).table)] }
  ) { plan, session, occasion in
    let parameters = try GeneratePlan(plan.parameters)
    var changes = PlanChanges()
    let table = try await parameters.table.table("generated", in: session, &changes)
    try changes.refuse(occasion, advice: "generate_data fills the table as it is now")
    guard let table else { throw ShellError("the table is not there") }
    return { job in GenerateWork(parameters, table: table, job: job) }
  }
}
