import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Rewrites the files of the loaded table, so that reads are fast and what is overwritten or expired takes no room: still
/// without compactions by themselves. A limit for it would stay on the table: afterwards that is again what it was.
@LoopActor
final class CompactAct: PlaybookAct {
  nonisolated let name = "compact"
  nonisolated let title: String
  let steps: [StepPlan]
  private let create: CreateTableAct
  private let maxRunning: Int32
  private let tell: @LoopActor (String) -> Void
  private let query = PatientQuery()
  private var work: CompactionWork?

  private nonisolated static let note = StepPlan(name: "note", title: "Note the table's limit of compactions")

  /// - Parameter maxRunning: partitions of a server at a time; 0: as many as the server likes
  init(_ create: CreateTableAct, _ sides: MigrationSides, maxRunning: Int32) {
    self.create = create
    self.maxRunning = maxRunning
    tell = sides.tell
    steps = (maxRunning > 0 ? [Self.note] : []) + [CompactionWork.start, CompactionWork.compact]
    title =
      "compact table '\(create.wanted.name)'"
      + (create.wanted.isBehind ? ", the deepest level as well, where the files went" : "")
      + (maxRunning > 0 ? ", \(maxRunning) partitions of a server at a time" : "")
  }

  private var client: ClusterClient { create.client }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let table = try create.found()
    if maxRunning > 0, scope.detail(of: Self.note.name) == .null {
      try await scope.step(Self.note.name) {
        let envs = try await self.query.ask { try await self.client.environment(table: table.table) }
        try await scope.setDetail(
          .object(["old": .optional(envs[ClusterClient.compactionLimitKey])]), of: Self.note.name)
      }
    }
    var plan = CompactionPlan(table: table)
    plan.rewritesBottommost = create.wanted.isBehind
    plan.maxRunning = maxRunning
    let work = CompactionWork(plan, cluster: client, scope: scope, tell: tell)
    self.work = work
    let outcome = try await work.run(in: scope)
    if outcome.isComplete { _ = try await setBack(scope.detail(of: Self.note.name)) }
    return outcome
  }

  var progress: JobProgress? { work?.progress }

  // MARK: The limit

  /// What is to be set back; nil: nothing was noted, the table is another one, or somebody else has changed it meanwhile.
  private func left(_ noted: JSONValue) async throws -> (table: TableIdentity, old: String?)? {
    guard noted != .null, let table = create.table,
      let info = try await query.ask({ try await self.client.tableInfo(table.table) }), info.appId == table.appID,
      info.envs[ClusterClient.compactionLimitKey] == "\(maxRunning)"
    else { return nil }
    let old = noted["old"]?.text
    return old == "\(maxRunning)" ? nil : (table, old)
  }

  /// - Returns: what was done; nil: there was nothing to do
  private func setBack(_ noted: JSONValue) async throws -> String? {
    guard let (table, old) = try await left(noted) else { return nil }
    let key = ClusterClient.compactionLimitKey
    _ = try await query.ask {
      if let old {
        try await self.client.setEnvironment([(key, old)], table: table.table)
      } else {
        try await self.client.deleteEnvironment([key], table: table.table)
      }
    }
    return "\(key) of table '\(table.table)' of \(create.clusterName) is \(old ?? "not set") again"
  }

  func remains(_ trace: PlaybookTrace) -> String? {
    guard maxRunning > 0, trace.detail(of: CompactionWork.start.name)["asked"] == true,
      // It has not ended well, and set the limit back.
      trace.detail(of: CompactionWork.compact.name) == .null
    else { return nil }
    return
      "\(ClusterClient.compactionLimitKey) of table '\(create.wanted.name)' stays \(maxRunning) until the job goes on "
      + "to its end or is undone"
  }

  // MARK: Taking back

  /// A table that the job has made is dropped.
  var undoTitle: String? {
    create.wanted.takesExisting && maxRunning > 0
      ? "set \(ClusterClient.compactionLimitKey) of '\(create.wanted.name)' back" : nil
  }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    guard !create.isOwn, let (table, old) = try await left(trace.detail(of: Self.note.name)) else { return nil }
    let key = "\(ClusterClient.compactionLimitKey) of table '\(table.table)' of \(create.clusterName)"
    return PlaybookUndo(old.map { "set \(key) to \($0)" } ?? "delete \(key)")
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    create.isOwn ? nil : try await setBack(trace.detail(of: Self.note.name))
  }
}
