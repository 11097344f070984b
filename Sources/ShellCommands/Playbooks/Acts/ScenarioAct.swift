import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Tunes the table for being loaded: no compactions by themselves. Effective on every replica before anything is written.
@LoopActor
final class ScenarioAct: PlaybookAct {
  nonisolated let name = "scenario"
  nonisolated let title: String
  let steps = [StepPlan(name: "scenario", title: "Tune the table for the load")]
  private let create: CreateTableAct
  private let query = PatientQuery()

  init(_ create: CreateTableAct) {
    self.create = create
    title = "set \(NewTable.scenarioKey) to bulk_load, and wait until every replica works with it"
  }

  private var client: ClusterClient { create.client }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let table = try create.found()
    try await scope.step(name) {
      let envs = try await self.query.ask { try await self.client.environment(table: table.table) }
      if scope.detail(of: self.name) == .null {
        try await scope.setDetail(.object(["old": .optional(envs[NewTable.scenarioKey])]), of: self.name)
      }
      try await self.create.tune(to: "bulk_load", present: envs)
    }
    return nil
  }

  func remains(_ trace: PlaybookTrace) -> String? {
    guard trace.isDone(name), !create.isReset else { return nil }
    return "\(NewTable.scenarioKey) of table '\(create.wanted.name)' stays bulk_load: without compactions the files of "
      + "what is written to it pile up, until the job goes on to its end or is undone"
  }

  // MARK: Taking back

  var undoTitle: String? {
    create.wanted.takesExisting ? "set \(NewTable.scenarioKey) of '\(create.wanted.name)' back" : nil
  }

  /// What to set back: nil when there is nothing to.
  private func old(
    _ trace: PlaybookTrace
  ) async throws -> (table: TableIdentity, pairs: [(key: String, value: String)])? {
    guard trace.hasBegun, !create.isOwn, let table = create.table, trace.detail(of: name) != .null,
      let info = try await client.tableInfo(table.table), info.appId == table.appID
    else { return nil }
    var pairs = [(key: NewTable.scenarioKey, value: trace.detail(of: name)["old"]?.text ?? "normal")]
    // `ResetAct` has closed it.
    if create.wanted.isBehind { pairs.append((NewTable.behindKey, "true")) }
    pairs.removeAll { (info.envs[$0.key] ?? ($0.key == NewTable.scenarioKey ? "normal" : "false")) == $0.value }
    return pairs.isEmpty ? nil : (table, pairs)
  }

  private func texts(_ pairs: [(key: String, value: String)], _ verb: String) -> String {
    pairs.map { "\($0.key) \(verb) \($0.value)" }.joined(separator: ", ")
  }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    try await old(trace).map {
      PlaybookUndo(
        "set back of table '\($0.table.table)' of \(create.clusterName): " + texts($0.pairs, "to"))
    }
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    guard let (table, pairs) = try await old(trace) else { return nil }
    try await client.setEnvironment(pairs.map { ($0.key, $0.value) }, table: table.table)
    return "set back of table '\(table.table)' of \(create.clusterName): " + texts(pairs, "is") + " again"
  }
}
