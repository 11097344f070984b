import Copying
import EventLoop
import Jobs
import PegasusClient

/// Compares both tables row by row.
@LoopActor
final class VerifyAct: PlaybookAct {
  nonisolated let name = VerifyStep.name
  nonisolated let title: String
  let steps = [StepPlan(name: VerifyStep.name, title: "Compare the tables")]

  private let plan: MigrationPlan
  private let options: VerifyOptions
  private let source: Table
  private let target: Table
  private var step: VerifyStep?
  private var rate: JobRate?

  init(_ sides: MigrationSides, _ options: VerifyOptions) {
    plan = sides.plan
    self.options = options
    source = sides.source.table(plan.source.table)
    target = sides.target.table(plan.table)
    title = "compare \(plan.source.title) with \(plan.targetTitle), row by row"
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let partitions = try await PatientQuery().ask { try await self.target.router.refresh() }
    let identity = TableIdentity(
      cluster: plan.target.name, metaList: plan.target.metaList, table: plan.table, appID: partitions.appID,
      partitionCount: partitions.count)
    let step = try VerifyStep(
      VerifyPlan(source: plan.source, target: identity, options: options, report: nil), source: source,
      target: target, file: nil, scope: scope)
    if let rate { step.apply(rate) }
    self.step = step
    return try await step.run(in: scope)
  }

  var progress: JobProgress? { step?.progress }

  func takeCheckpoints() -> [Checkpoint] { step?.takeCheckpoints() ?? [] }

  func apply(_ rate: JobRate) -> Bool {
    self.rate = rate
    step?.apply(rate)
    return true
  }
}
