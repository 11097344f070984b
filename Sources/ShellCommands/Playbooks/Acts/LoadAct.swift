import Backups
import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Has the servers load the files: `start_bulk_load --wait` as an act.
@LoopActor
final class LoadAct: PlaybookAct {
  nonisolated let name = "load"
  nonisolated let title: String
  let steps = [LoadAct.note, BulkLoadWork.start, BulkLoadWork.load, BulkLoadWork.level]
  private let create: CreateTableAct
  private let split: SplitAct
  private let storage: any BlockService
  private let target: ClusterIdentity
  private let jobs: JobCentre
  private let tell: @LoopActor (String) -> Void
  private let query = PatientQuery()
  private var work: BulkLoadWork?

  private nonisolated static let note = StepPlan(name: "note", title: "Note the meta level, look at the files")

  init(_ create: CreateTableAct, _ split: SplitAct, _ sides: MigrationSides, on storage: any BlockService) {
    self.create = create
    self.split = split
    self.storage = storage
    target = sides.plan.target
    jobs = sides.jobs
    tell = sides.tell
    title =
      "have the servers of \(create.clusterName) load the files"
      + (create.wanted.isBehind ? " behind what the application has written meanwhile" : "")
  }

  private var client: ClusterClient { create.client }

  // MARK: Doing

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let table = try create.found()
    let request = StartBulkLoadRequest(
      appName: table.table, clusterName: create.clusterName, fileProviderType: storage.name,
      remoteRootPath: split.place.root, ingestBehind: create.wanted.isBehind)
    if create.wanted.isBehind, BulkLoadWork.cause(scope) == ErrorCode.ingestionFailed.name { throw onceOnly(scope) }
    let isAnother = scope.detail(of: BulkLoadWork.start.name)["ended"] == true
    let level = try await scope.step(Self.note.name) {
      // What failed for the servers is looked at closely before they are asked again.
      try await self.check(table, readsFiles: isAnother)
      return try await self.level(scope)
    }
    let work = BulkLoadWork(
      BulkLoadPlan(table: table, request: request, metaLevel: level), cluster: client, scope: scope,
      waitsForOthers: true,
      tell: tell)
    self.work = work
    var outcome = try await work.run(in: scope)
    if outcome.isComplete {
      outcome.lines = []
    } else if create.wanted.isBehind, BulkLoadWork.cause(scope) == ErrorCode.ingestionFailed.name {
      outcome.advice = onceOnly(scope).advice
    }
    return outcome
  }

  /// What has gone behind once is in the way of a second time.
  private func onceOnly(_ scope: JobScope) -> ShellError {
    ShellError(
      "the servers could not put the files behind the rows of table '\(create.wanted.name)', and some partitions may hold "
        + "them all the same: that cannot be repeated",
      advice: "'undo \(scope.job.id)' drops the table; then begin the migration anew, with a new table, and the "
        + "application's dual writes on that one", status: .refused)
  }

  private func level(_ scope: JobScope) async throws -> MetaFunctionLevel {
    if let known = scope.detail(of: Self.note.name)["meta_level"]?.whole.flatMap({ Int32(exactly: $0) }) {
      return MetaFunctionLevel(rawValue: known)
    }
    var level = try await query.ask { try await self.client.controlMeta() }
    // Servers may have set it for another load, which sets it back to what it was before.
    if level == .steady { level = try await levelBeforeOthers(scope.job.id) ?? level }
    // Journaled before the servers change it.
    try await scope.setDetail(.object(["meta_level": .int(level.rawValue)]), of: Self.note.name)
    return level
  }

  /// What other migrations that load into this cluster have found before the servers changed it.
  private func levelBeforeOthers(_ own: JobID) async throws -> MetaFunctionLevel? {
    for record in try await jobs.list() where record.id != own && record.state != .done {
      let trace = PlaybookTrace(record, of: name)
      guard !isSettled(trace), let plan = try? BulkLoadMigration(record.plan.parameters),
        plan.base.target.metaList == target.metaList,
        let known = trace.detail(of: Self.note.name)["meta_level"]?.whole.flatMap({ Int32(exactly: $0) })
      else { continue }
      return MetaFunctionLevel(rawValue: known)
    }
    return nil
  }

  private func check(_ table: TableIdentity, readsFiles: Bool) async throws {
    let status = try await query.ask { try await self.client.bulkLoadStatus(table: table.table) }
    if BulkLoadState(status).isLoading { return }
    let found = try await BulkLoadReader(storage).read(
      split.tree, expecting: (table.appID, Int32(clamping: table.partitionCount)))
    var problems = found.allProblems
    if problems.isEmpty, readsFiles {
      let result = await BackupCheck(found, on: storage, parallel: split.place.parallel).run()
      if let error = result.error { throw error }
      problems = result.problems
    }
    guard let first = problems.first else { return }
    throw ShellError(
      "the servers would not take the files: " + (problems.count == 1 ? "" : "\(problems.count) problems, the first: ")
        + "\(first)", advice: "repair it and 'resume'; or begin anew")
  }

  var progress: JobProgress? { work?.progress }

  func remains(_ trace: PlaybookTrace) -> String? {
    guard BulkLoadWork.mayHaveBegun(trace), !isSettled(trace) else { return nil }
    return
      "the servers of \(create.clusterName) go on with the load, and their meta level is fl_steady until the job goes on"
  }

  /// Whether the last load has come to an end, and the meta level was set back after it.
  private func isSettled(_ trace: PlaybookTrace) -> Bool {
    guard trace.isDone(BulkLoadWork.load.name), trace.isDone(BulkLoadWork.level.name) else { return false }
    return trace.detail(of: BulkLoadWork.start.name)["ended"] == true
      || trace.detail(of: BulkLoadWork.level.name) != .null
  }

  // MARK: Taking back

  var undoTitle: String? { "cancel the load while it runs, and set the meta level of \(create.clusterName) back" }

  private struct Left {
    var isLoading: Bool
    /// To be set back.
    var level: MetaFunctionLevel?
    /// Rows were loaded into a table that others had filled as well.
    var isMixed = false
    var isEmpty: Bool { !isLoading && level == nil && !isMixed }
  }

  private var mixed: String {
    "leave the rows that were loaded in table '\(create.wanted.name)' of \(create.clusterName): they cannot be told from its own"
  }

  private func left(_ trace: PlaybookTrace) async throws -> Left {
    var left = Left(isLoading: false)
    guard BulkLoadWork.mayHaveBegun(trace), let table = create.table else { return left }
    if let info = try await client.tableInfo(table.table), info.appId == table.appID {
      left.isLoading = BulkLoadState(try await client.bulkLoadStatus(table: table.table)).isLoading
      left.isMixed = !create.isOwn && !left.isLoading && trace.isDone(BulkLoadWork.load.name)
    }
    if let raw = trace.detail(of: Self.note.name)["meta_level"]?.whole.flatMap({ Int32(exactly: $0) }) {
      let old = MetaFunctionLevel(rawValue: raw)
      // Any other level was set by somebody meanwhile.
      if old != .steady, !isSettled(trace), try await client.controlMeta() == .steady {
        left.level = old
      }
    }
    return left
  }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    let left = try await left(trace)
    var parts: [String] = []
    if left.isLoading {
      parts.append(
        "cancel the bulk load of table '\(create.wanted.name)'"
          + (create.isOwn ? "" : ", which may leave a part of the rows in it"))
    }
    if let level = left.level { parts.append("set the meta level of \(create.clusterName) back to \(level.name)") }
    if left.isMixed { parts.append(mixed) }
    return parts.isEmpty ? nil : PlaybookUndo(parts.joined(separator: "; "))
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    let left = try await left(trace)
    guard !left.isEmpty else { return nil }
    var parts: [String] = []
    if left.isLoading {
      try await cancel()
      parts.append("cancelled the bulk load of table '\(create.wanted.name)'")
    }
    if let level = left.level {
      _ = try await query.ask { try await self.client.controlMeta(level) }
      parts.append("the meta level of \(create.clusterName) is \(level.name) again")
    }
    if left.isMixed {
      parts.append("left the rows that were loaded in table '\(create.wanted.name)' of \(create.clusterName)")
    }
    return parts.joined(separator: "; ")
  }

  private func cancel() async throws {
    let table = create.wanted.name
    var control = BulkLoadControlType.cancel
    var pace = AskingPace()
    while BulkLoadState(try await query.ask { try await self.client.bulkLoadStatus(table: table) }).isLoading {
      do throws(ClientError) {
        try await client.controlBulkLoad(control, table: table)
      } catch {
        // Already ingesting; or it has ended meanwhile.
        guard error.code == .invalidState || error.code == .inactiveState || PatientQuery.passes(error) else {
          throw error
        }
        if error.code == .invalidState { control = .forceCancel }
      }
      try await pace.wait()
    }
  }
}
