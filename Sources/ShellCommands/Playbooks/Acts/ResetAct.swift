import EventLoop
import JSON
import Jobs

/// Tunes the loaded table for every day, and closes the room under its rows.
@LoopActor
final class ResetAct: PlaybookAct {
  nonisolated let name = "reset"
  nonisolated let title: String
  let steps = [StepPlan(name: "reset", title: "Tune the table for every day")]
  private let create: CreateTableAct

  init(_ create: CreateTableAct) {
    self.create = create
    title =
      "set \(NewTable.scenarioKey) to \(create.wanted.takesExisting ? "what it was" : create.wanted.finalScenario)"
      + (create.wanted.isBehind ? ", and \(NewTable.behindKey) to false" : "")
  }

  func recall(_ trace: PlaybookTrace) { create.isReset = trace.isDone(name) }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let table = try create.found()
    try await scope.step(name) { try await self.tune() }
    create.isReset = true
    guard create.wanted.isBehind else { return nil }
    return JobOutcome(
      isComplete: true, headline: "",
      lines: [
        "INFO: \(NewTable.behindKey) of table '\(table.table)' is false now; its replicas act on that when they are opened "
          + "anew: 'remote_command -t replica-server replica.kill_partition \(table.appID)', or a restart of each server"
      ])
  }

  private func tune() async throws {
    // One that the job has found goes back to what it was, unless that was for loading.
    let old = create.oldEnvironment[NewTable.scenarioKey] ?? "normal"
    let value = create.isOwn ? create.wanted.finalScenario : old == "bulk_load" ? "normal" : old
    try await create.tune(to: value, and: create.wanted.isBehind ? [(NewTable.behindKey, "false")] : [])
  }
}
