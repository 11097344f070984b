import EventLoop
import Jobs

/// Sets the limits back that `LimitAct` has changed.
@LoopActor
final class LimitBackAct: PlaybookAct {
  nonisolated let name = "limit_back"
  nonisolated let title = "set the limits back to what every server had before"
  let steps = [StepPlan(name: "limit_back", title: "Set the limits back")]

  private let limit: LimitAct
  private let limits: MigrationLimits

  init(_ limit: LimitAct, _ sides: MigrationSides) {
    self.limit = limit
    limits = MigrationLimits(sides)
  }

  func recall(_ trace: PlaybookTrace) { limit.isSetBack = trace.isDone(name) }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let texts = try await scope.step(name) { try await self.limits.setBack(self.limit.before, for: scope.job.id) }
    limit.isSetBack = true
    return texts.isEmpty
      ? nil : JobOutcome(isComplete: true, headline: "", lines: ["INFO: set " + texts.joined(separator: ", ")])
  }
}
