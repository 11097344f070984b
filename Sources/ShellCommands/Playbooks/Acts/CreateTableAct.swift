import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Creates the table to be loaded, or takes one that is there. Only a table that carries the job's own mark is taken for one
/// that the job has created: nobody else's is ever filled, or dropped by an undo.
@LoopActor
final class CreateTableAct: PlaybookAct {
  nonisolated let name = "create"
  nonisolated let title: String
  let steps: [StepPlan]
  /// What it shall be.
  let wanted: NewTable
  let client: ClusterClient
  private let place: ClusterIdentity
  private let tell: @LoopActor (String) -> Void
  private let query = PatientQuery()
  /// The table, once it is there.
  private(set) var table: TableIdentity?
  /// Whether this job has created it.
  private(set) var isOwn = false
  /// It is tuned for every day again.
  var isReset = false
  /// What one that was there had, for the undo.
  private(set) var oldEnvironment: [String: String] = [:]

  private static let make = "table"
  private static let ready = "ready"

  init(_ wanted: NewTable, _ sides: MigrationSides) {
    self.wanted = wanted
    client = sides.target
    place = sides.plan.target
    tell = sides.tell
    let table = "'\(wanted.name)' of \(place.name)"
    title =
      wanted.takesExisting
      ? "take table \(table), which has \(wanted.partitionCount) partitions"
      : "create table \(table) with \(wanted.partitionCount) partitions, \(wanted.replicaCount) replicas"
        + (wanted.isBehind ? ", open for rows that go under others" : "")
    steps = [
      StepPlan(name: Self.make, title: wanted.takesExisting ? "Take the table" : "Create the table"),
      StepPlan(name: Self.ready, title: "Wait until it is ready"),
    ]
  }

  /// The table, for acts that come later.
  ///
  /// - Throws: `ShellError` before it is there
  func found() throws(ShellError) -> TableIdentity {
    guard let table else { throw ShellError("table '\(wanted.name)' is not created yet") }
    return table
  }

  var clusterName: String { place.name }

  // MARK: Looking

  func look() async throws -> [Finding] {
    let there = try await client.tableInfo(wanted.name)
    if wanted.takesExisting { return try await judge(there) }
    guard let there else { return lateTTL.map { [$0] } ?? [] }
    return [
      Finding(
        .blocker, .tables,
        "cluster '\(place.name)' has a table '\(wanted.name)' already (id \(there.appId), \(there.partitionCount) "
          + "partitions)",
        advice: "another name with -a, or --existing to load into this one, or drop it first")
    ]
  }

  /// What the compaction of the load does to rows that are older than the source's default_ttl.
  private var lateTTL: Finding? {
    guard let ttl = wanted.ttlAtCreation, ttl != "0" else { return nil }
    return Finding(
      .warning, .environment,
      "the compaction after the load gives \(NewTable.ttlKey) = \(ttl) to rows that have no time to live, as one of the "
        + "old table would: the comparison names those that the old table has kept without",
      advice:
        "'start_manual_compact -b --wait' of the old table before gives it to both; the application's own rows have it"
    )
  }

  /// Whether a table that is there can be loaded.
  private func judge(_ there: AppInfo?) async throws -> [Finding] {
    guard let there else {
      return [
        Finding(
          .blocker, .tables, "cluster '\(place.name)' has no table '\(wanted.name)' to take",
          advice: "leave --existing out, and it is created")
      ]
    }
    var findings = complaints(there).map { Finding(.blocker, .tables, $0.what, advice: $0.advice) }
    if there.isBulkLoading == true {
      findings.append(
        Finding(
          .blocker, .activity, "table '\(wanted.name)' is being loaded",
          advice: "'query_bulk_load_status -a \(wanted.name)' shows it"))
    }
    if wanted.isBehind {
      findings.append(
        Finding(
          .warning, .environment,
          "whether the replicas of '\(wanted.name)' were opened with \(NewTable.behindKey) cannot be asked: a table that was "
            + "created with it is, one that got it later is after its replicas were opened anew"))
    } else {
      findings.append(
        Finding(
          .warning, .rows,
          "rows of the source replace those with the same keys in table '\(wanted.name)' of '\(place.name)'",
          asks: true))
    }
    return findings
  }

  /// Why a table that is there is not of the right shape.
  private func complaints(_ there: AppInfo) -> [(what: String, advice: String)] {
    var all: [(String, String)] = []
    if there.partitionCount != wanted.partitionCount {
      all.append(
        (
          "table '\(wanted.name)' has \(there.partitionCount) partitions, not \(wanted.partitionCount)",
          "-p \(there.partitionCount)"
        ))
    }
    if wanted.isBehind {
      for (key, value) in [(NewTable.behindKey, "true"), (NewTable.scenarioKey, "bulk_load")]
      where there.envs[key] != value {
        all.append(
          (
            "table '\(wanted.name)' was not created with \(key)=\(value)",
            "what it has taken since may be in the way: leave --existing out, and a new one is created"
          ))
      }
    }
    return all
  }

  // MARK: Doing

  func recall(_ trace: PlaybookTrace) { take(trace.detail(of: Self.make)) }

  /// On a resume: the acts that follow know the table by its name, and must not meet another one there.
  ///
  /// - Throws: `ShellError` with status `refused` when it is gone; `ClientError`
  static func compare(_ occasion: PlaybookOccasion, in session: Session) async throws {
    guard case .resume(let record) = occasion,
      let json = PlaybookTrace(record, of: "create").detail(of: make)["table"]
    else { return }
    var changes = PlanChanges()
    _ = try await TableIdentity(json).table("new", in: session, &changes)
    try changes.refuse(record.id, advice: "'undo \(record.id)' takes back what is left; then the migration begins anew")
  }

  private func take(_ detail: JSONValue) {
    guard let json = detail["table"], let identity = try? TableIdentity(json) else { return }
    table = identity
    isOwn = detail["own"] == true
    if case .object(let members)? = detail["envs"] {
      for member in members { oldEnvironment[member.key] = member.value.text }
    }
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    if table == nil {
      try await scope.step(Self.make) {
        if self.wanted.takesExisting {
          try await self.takeExisting(in: scope)
        } else {
          try await self.create(in: scope)
        }
      }
    }
    let table = try found()
    try await scope.step(Self.ready) {
      try await self.settle(table, in: scope)
      if self.isOwn { try await self.finishEnvironment() }
    }
    return JobOutcome(
      isComplete: true,
      headline: (isOwn ? "Created" : "Took") + " table '\(table.table)' (id \(table.appID)) of \(place.name), "
        + "\(table.partitionCount) partitions.",
      result: .object(["table": table.json, "created": .bool(isOwn)]))
  }

  private func takeExisting(in scope: JobScope) async throws {
    guard let there = try await query.ask({ try await self.client.tableInfo(self.wanted.name) }) else {
      throw ShellError("cluster '\(place.name)' has no table '\(wanted.name)' any more", status: .refused)
    }
    if let complaint = complaints(there).first {
      throw ShellError(complaint.what, advice: complaint.advice, status: .refused)
    }
    var envs = JSONObject()
    for (key, value) in there.envs.sorted(by: { $0.key < $1.key }) { envs[key] = .string(value) }
    try await note(identity(there), own: false, ["envs": .object(envs)], in: scope)
  }

  private func create(in scope: JobScope) async throws {
    let mark: String
    if let known = scope.detail(of: Self.make)["mark"]?.text {
      mark = known
    } else {
      if let there = try await query.ask({ try await self.client.tableInfo(self.wanted.name) }) {
        throw taken(by: there)
      }
      mark = "pegasus-shell \(UInt64.random(in: .min ... .max))"
      // Journaled before it is used: whoever goes on, or takes back, knows the table by it.
      try await scope.setDetail(.object(["mark": .string(mark)]), of: Self.make)
    }
    let info = try await created(mark)
    try await note(identity(info), own: true, ["mark": .string(mark)], in: scope)
    tell("create app \(wanted.name) succeed, id \(info.appId)")
  }

  /// The table with that mark: an earlier try's, or a new one. A lost answer is followed by a look.
  private func created(_ mark: String) async throws -> AppInfo {
    var environment = wanted.environmentAtCreation
    environment[NewTable.markKey] = mark
    for _ in 0..<5 {
      if let there = try await query.ask({ try await self.client.tableInfo(self.wanted.name) }) {
        guard there.envs[NewTable.markKey] == mark else { throw taken(by: there) }
        return there
      }
      do throws(ClientError) {
        _ = try await client.createTable(
          wanted.name, partitionCount: wanted.partitionCount, replicaCount: wanted.replicaCount,
          successIfExists: false, environment: environment, atomicIdempotent: wanted.isAtomicIdempotent)
      } catch {
        if error.isCancellation { throw CancellationError() }
        var isOpen = PatientQuery.passes(error) || error.code == .appExist
        if case .outcomeUnknown = error.reason { isOpen = true }
        guard isOpen else { throw error }
        try await loopSleep(.seconds(1))
      }
    }
    throw ShellError(
      "table '\(wanted.name)' of \(place.name) was asked for again and again, and is not there",
      advice: "'ls' shows whether it comes; 'resume' tries again")
  }

  private func taken(by there: AppInfo) -> ShellError {
    ShellError(
      "cluster '\(place.name)' has a table '\(wanted.name)' (id \(there.appId)) that this job has not created",
      advice: "begin anew with another name, or with --existing", status: .refused)
  }

  private func identity(_ info: AppInfo) -> TableIdentity {
    TableIdentity(
      cluster: place.name, metaList: place.metaList, table: info.appName, appID: info.appId,
      partitionCount: Int(info.partitionCount))
  }

  private func note(
    _ identity: TableIdentity, own: Bool, _ more: JSONObject, in scope: JobScope
  ) async throws {
    var detail = more
    detail["table"] = identity.json
    detail["own"] = .bool(own)
    try await scope.setDetail(.object(detail), of: Self.make)
    take(.object(detail))
  }

  private func settle(_ table: TableIdentity, in scope: JobScope) async throws {
    var pace = AskingPace()
    while true {
      try await scope.gate.pass()
      let readiness = try await query.ask { () async throws -> ClusterClient.Readiness? in
        guard let info = try await self.client.tableInfo(table.table), info.appId == table.appID else { return nil }
        return try await self.client.readiness(table: table.table, replicaCount: info.maxReplicaCount)
      }
      guard let readiness else {
        throw ShellError("table '\(table.table)' (id \(table.appID)) of \(place.name) is not there any more")
      }
      if readiness.isComplete { return }
      try await pace.wait()
    }
  }

  /// The mark has done its work, and what servers cannot take at creation is set.
  private func finishEnvironment() async throws {
    if let ttl = wanted.ttlAtCreation {
      _ = try await query.ask {
        try await self.client.setEnvironment([(NewTable.ttlKey, ttl)], table: self.wanted.name)
      }
    }
    if let own = wanted.environment[NewTable.markKey] {
      _ = try await query.ask {
        try await self.client.setEnvironment([(NewTable.markKey, own)], table: self.wanted.name)
      }
    } else {
      _ = try await query.ask { try await self.client.deleteEnvironment([NewTable.markKey], table: self.wanted.name) }
    }
  }

  // MARK: For other acts

  /// Sets the usage scenario, and other variables with it, and waits until every replica works with it.
  ///
  /// - Parameter present: the table's variables; those that are as they shall be are not set again
  /// - Throws: `ShellError` when it takes too long, or the table is not created yet; `ClientError`; `CancellationError`
  func tune(
    to scenario: String, and others: [(String, String)] = [], present: [String: String] = [:]
  ) async throws {
    let table = try found()
    let pairs = ([(NewTable.scenarioKey, scenario)] + others).filter { present[$0.0] != $0.1 }
    if !pairs.isEmpty {
      _ = try await query.ask { try await self.client.setEnvironment(pairs, table: table.table) }
    }
    try await EffectiveScenario(cluster: client, tableID: table.appID, partitionCount: table.partitionCount)
      .wait(for: scenario, query, tell: tell)
  }

  // MARK: Taking back

  var undoTitle: String? {
    wanted.takesExisting ? nil : "drop table '\(wanted.name)' of \(place.name), if this job has created it"
  }

  /// The table that this job has created, when it is still there.
  private func own(_ trace: PlaybookTrace) async throws -> AppInfo? {
    let detail = trace.detail(of: Self.make)
    guard let mark = detail["mark"]?.text else { return nil }
    let tables = try await client.listTables()
    if let id = detail["table"]?["app_id"]?.whole { return tables.first { Int64($0.appId) == id } }
    return tables.first { $0.appName == wanted.name && $0.envs[NewTable.markKey] == mark }
  }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    guard let table = try await own(trace) else { return nil }
    return PlaybookUndo(
      "drop table '\(table.appName)' (id \(table.appId)) of \(place.name), which this job has created; "
        + "'recall \(table.appId)' brings it back for some days", typed: table.appName)
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    guard let table = try await own(trace) else { return nil }
    do throws(ClientError) {
      try await client.dropTable(table.appName)
    } catch {
      guard case .outcomeUnknown = error.reason, try await own(trace) == nil else { throw error }
    }
    return "dropped table '\(table.appName)' (id \(table.appId)) of \(place.name)"
  }
}
