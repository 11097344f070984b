import Copying
import EventLoop
import JSON
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
  /// The target had rows of its own.
  private let isMixed: Bool
  private var step: VerifyStep?
  private var rate: JobRate?

  /// - Parameter isMixed: the target was there before, and may have rows that the source does not have
  init(_ sides: MigrationSides, _ options: VerifyOptions, isMixed: Bool = false) {
    plan = sides.plan
    self.isMixed = isMixed
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
    let outcome = try await step.run(in: scope)
    return isMixed ? Self.withoutExtra(outcome) : outcome
  }

  /// Rows that the target alone has are its own, and no difference when there is no other one.
  private static func withoutExtra(_ outcome: JobOutcome) -> JobOutcome {
    guard outcome.isComplete, outcome.status == ExitStatus.problem.rawValue, case .object(let members) = outcome.result,
      let extra = outcome.result["extra"]?.whole, extra > 0,
      ["missing", "different", "unreadable", "unsettled", "unconfirmed"].allSatisfy({ outcome.result[$0]?.whole == 0 })
    else { return outcome }
    var result = JSONObject()
    for member in members where member.key != "error" { result[member.key] = member.value }
    var mild = outcome
    mild.status = ExitStatus.ok.rawValue
    mild.advice = ""
    mild.headline =
      "Verify done, all rows of the source are there; \(extra) rows of the target are its own."
    mild.result = .object(result)
    mild.lines.removeAll { $0.hasPrefix("- ") || $0.hasSuffix("more rows differ; --report lists them") }
    return mild
  }

  var progress: JobProgress? { step?.progress }

  func takeCheckpoints() -> [Checkpoint] { step?.takeCheckpoints() ?? [] }

  func apply(_ rate: JobRate) -> Bool {
    self.rate = rate
    step?.apply(rate)
    return true
  }
}
