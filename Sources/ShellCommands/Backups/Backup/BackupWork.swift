import Backups
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// A one-time backup as the work of a job: it is begun once, and then the servers work while it watches.
@LoopActor
final class BackupWork: PartWork {
  nonisolated static let start = StepPlan(name: "start", title: "Ask for the backup")
  nonisolated static let wait = StepPlan(name: "wait", title: "Wait for the servers")
  /// Between two looks at the storage.
  private nonisolated static let sightInterval: Duration = .seconds(3)

  private let plan: BackupPlan
  private let cluster: ClusterClient
  private let storage: (any BlockService)?
  private let tell: @LoopActor (String) -> Void
  private let watch: ServerWatch
  private var sight: BackupSight?
  private var isWaiting = false

  /// - Parameters:
  ///   - storage: where the backup will lie; nil: it cannot be looked at
  ///   - tell: says what a person wants to know at once
  init(
    _ plan: BackupPlan, cluster: ClusterClient, storage: (any BlockService)?, scope: JobScope,
    tell: @escaping @LoopActor (String) -> Void
  ) {
    self.plan = plan
    self.cluster = cluster
    self.storage = storage
    self.tell = tell
    watch = ServerWatch(scope)
  }

  func run(in scope: JobScope) async throws -> JobOutcome {
    let id = try await backupID(in: scope)
    if let storage, let location = plan.location(of: id) {
      sight = BackupSight(storage, location, table: plan.table)
    }
    isWaiting = true
    do {
      let ending = try await scope.step(Self.wait.name) { try await self.follow(id, in: scope) }
      return await complete(id, ending)
    } catch let failure as BackupFailure {
      // Another run would find the same; it shall make a new one.
      var begun = begun(in: scope)
      begun.begin(id)
      begun.fail()
      try await note(begun, in: scope)
      return failed(id, failure)
    } catch is CancellationError {
      return left(id)
    }
  }

  // MARK: Beginning

  /// The backup of an earlier run, or a new one. What was asked for without an answer is looked for before it is asked for
  /// again: two backups of a table are never begun.
  private func backupID(in scope: JobScope) async throws -> Int64 {
    var begun = begun(in: scope)
    if let id = plan.backupID ?? begun.id { return id }
    return try await scope.step(Self.start.name) {
      if begun.isAsked, let id = try await self.newest(besides: begun.known) {
        self.tell("backup \(id) had been begun already")
        begun.begin(id)
      } else {
        let present = try await self.watch.query.ask { try await self.cluster.backups(ofTable: self.plan.table.appID) }
        begun.known = Set(begun.known).union(present.map(\.backupId)).sorted()
        // One that was asked for before may be what they say no for.
        let mayHaveBegun = begun.isAsked
        begun.isAsked = true
        try await self.note(begun, in: scope)
        do {
          begun.begin(try await self.begin(begun.known))
        } catch let error as RefusedRequest {
          begun.isAsked = mayHaveBegun
          let isNothing = !mayHaveBegun && begun.made.isEmpty
          try await scope.setDetail(isNothing ? StepRecord.refused : begun.json, of: Self.start.name)
          throw error.shown
        }
      }
      try await self.note(begun, in: scope)
      guard let id = begun.id else { throw ShellError("the servers gave the backup no id") }
      self.tell("BackupID: \(id)")
      return id
    }
  }

  private func begin(_ known: [Int64]) async throws -> Int64 {
    do throws(ClientError) {
      let started = try await cluster.startBackup(
        tableID: plan.table.appID, provider: plan.provider, path: plan.path)
      if !started.hint.isEmpty { tell("[hint]: \(started.hint)") }
      return started.id
    } catch {
      if case .outcomeUnknown = error.reason, let begun = try await newest(besides: known) { return begun }
      throw RefusedRequest.told(error, BackupRefusal.explained(error, plan))
    }
  }

  /// A backup that was not there before.
  private func newest(besides known: [Int64]) async throws -> Int64? {
    let items = try await watch.query.ask { try await self.cluster.backups(ofTable: self.plan.table.appID) }
    return items.filter {
      !known.contains($0.backupId) && $0.backupProviderType == self.plan.provider
        && $0.backupPath == self.plan.path ?? ""
    }.map(\.backupId).max()
  }

  private func begun(in scope: JobScope) -> BackupBegun { BackupBegun(scope.detail(of: Self.start.name)) }

  private func note(_ begun: BackupBegun, in scope: JobScope) async throws {
    try await scope.setDetail(begun.json, of: Self.start.name)
  }

  // MARK: Watching

  private enum Ending {
    case told(BackupItem)
    /// The servers have forgotten it, but its last file is there.
    case seen
  }

  private func follow(_ id: Int64, in scope: JobScope) async throws -> Ending {
    var pace = AskingPace()
    var nextLook = ContinuousClock.now
    while true {
      try await scope.gate.pass()
      let items: [BackupItem]
      do {
        items = try await watch.query.ask { try await self.cluster.backups(ofTable: self.plan.table.appID, id: id) }
      } catch let error as ClientError where [.appNotExist, .appDropped].contains(error.code) {
        throw BackupFailure.dropped
      }
      guard let item = items.first(where: { $0.backupId == id }) else {
        if await sight?.isComplete() == true { return .seen }
        throw BackupFailure.forgotten
      }
      if item.isBackupFailed { throw await isThere() ? BackupFailure.failed : .dropped }
      if item.endTimeMs > 0 {
        await sight?.look()
        return .told(item)
      }
      if let sight, ContinuousClock.now >= nextLook {
        await sight.look()
        nextLook = .now + Self.sightInterval
      }
      try await pace.wait()
    }
  }

  /// Whether the table is. A cluster that does not answer is not asked for long: it may be.
  private func isThere() async -> Bool {
    guard let tables = try? await cluster.listTables() else { return true }
    return tables.contains { $0.appId == plan.table.appID }
  }

  var progress: JobProgress? {
    var progress = watch.progress(
      isWaiting ? Self.wait.name : Self.start.name, verb: "Backup", unit: "partitions")
    progress.isWatched = true
    guard let sight else { return progress }
    let count = plan.table.partitionCount
    progress.done = Int64(sight.finished.count)
    progress.total = Int64(count)
    progress.partCount = count
    progress.finishedParts = sight.finished.count
    progress.parts = (0..<Int32(clamping: count)).map {
      let isDone = sight.finished.contains($0)
      return JobProgress.Part(number: $0, state: isDone ? "done" : "running", done: isDone ? 1 : 0)
    }
    watch.meter.measure(
      &progress, decided: progress.done, left: Int64(count) - progress.done,
      fraction: Double(progress.done) / Double(max(1, count)))
    return progress
  }

  // MARK: The end

  private func complete(_ id: Int64, _ ending: Ending) async -> JobOutcome {
    var result: JSONObject = [
      "complete": true, "backup_id": .integer(id), "app_name": .string(plan.table.table),
      "app_id": .int(plan.table.appID), "backup_provider_type": .string(plan.provider),
      "backup_path": .string(plan.path ?? ""), "restore": .string(plan.restoreLine(of: id)),
    ]
    var lines: [String] = []
    if case .told(let item) = ending {
      result["start_time_ms"] = .integer(item.startTimeMs)
      result["end_time_ms"] = .integer(item.endTimeMs)
    } else {
      lines.append("INFO: the meta server has forgotten the backup, but its last file is on the storage")
    }
    if let location = plan.location(of: id) { result["location"] = .string(location.path) }
    lines.append("INFO: \(plan.restoreLine(of: id))")
    return JobOutcome(
      isComplete: true, headline: "Backup \(id) of table '\(plan.table.table)' (id \(plan.table.appID)) is complete.",
      lines: lines, result: .object(result))
  }

  private func failed(_ id: Int64, _ failure: BackupFailure) -> JobOutcome {
    JobOutcome(
      isComplete: false, status: ExitStatus.problem.rawValue, headline: "Backup \(id) failed.",
      advice: failure.advice(plan, id),
      result: .object(["error": .string(failure.text(id, plan.table.table)), "backup_id": .integer(id)]))
  }

  private func left(_ id: Int64) -> JobOutcome {
    watch.left(
      advice:
        "a backup cannot be cancelled: the servers go on with \(id), 'query_backup_status \(plan.table.appID) \(id)' "
        + "shows it", ["backup_id": .integer(id)])
  }
}

extension JobKind {
  /// `backup`
  static let backup = JobKind("backup", planVersion: BackupPlan.version) { plan, session, occasion in
    let parameters = try BackupPlan(plan.parameters)
    var changes = PlanChanges()
    let table = try await parameters.table.table("backed up", in: session, &changes)
    try changes.refuse(occasion, advice: "'backup' begins a new one of the table as it is now")
    guard let table else { throw ShellError("the table is not there") }
    let storage = session.storageIfKnown(parameters.provider, otherwise: "how far the backup is cannot be seen")
    let output = session.output
    return { job in
      BackupWork(parameters, cluster: table.cluster, storage: storage, scope: JobScope(job)) { output.info($0) }
    }
  }
}
