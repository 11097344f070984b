import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// A restore as the work of a job: it is begun once, and then the servers work while it watches.
@LoopActor
final class RestoreWork: PartWork {
  nonisolated static let start = StepPlan(name: "start", title: "Ask for the restore")
  nonisolated static let wait = StepPlan(name: "wait", title: "Wait for the data")
  nonisolated static let settle = StepPlan(name: "settle", title: "Wait for all replicas")

  private let plan: RestorePlan
  private let cluster: ClusterClient
  private let tell: @LoopActor (String) -> Void
  private let watch: ServerWatch
  private var status: ClusterClient.RestoreStatus?
  private var readiness: ClusterClient.Readiness?
  private var step = RestoreWork.start.name

  init(
    _ plan: RestorePlan, cluster: ClusterClient, scope: JobScope, tell: @escaping @LoopActor (String) -> Void
  ) {
    self.plan = plan
    self.cluster = cluster
    self.tell = tell
    watch = ServerWatch(scope)
  }

  func run(in scope: JobScope) async throws -> JobOutcome {
    let id = try await appID(in: scope)
    do {
      step = Self.wait.name
      try await scope.step(step) { try await self.follow(id, in: scope) }
      step = Self.settle.name
      let table = try await scope.step(step) { try await self.settle(id, in: scope) }
      return complete(id, table)
    } catch let failure as RestoreFailure {
      if failure == .takenBack { try await scope.setDetail(.null, of: Self.start.name) }
      return failed(id, failure)
    } catch is CancellationError {
      return watch.left(
        advice:
          "the servers go on with it: 'query_restore_status \(id)' shows how far it is; 'drop \(plan.table)' gives "
          + "it up", ["app_id": .int(id)])
    }
  }

  // MARK: Beginning

  /// The new table of an earlier run, or of a restore that is begun now. After a lost answer the table is looked for first.
  private func appID(in scope: JobScope) async throws -> Int32 {
    if let id = plan.appID { return id }
    let detail = scope.detail(of: Self.start.name)
    if let id = detail["app_id"]?.whole.flatMap({ Int32(exactly: $0) }) { return id }
    return try await scope.step(Self.start.name) {
      var id = [.null, StepRecord.refused].contains(detail) ? nil : try await self.begunTable()
      if id == nil {
        // Journaled before it is done: whoever goes on looks for the table first.
        try await scope.setDetail(.object(["asked": true]), of: Self.start.name)
        do {
          id = try await self.begin()
        } catch let error as RefusedRequest {
          // One that was asked for before may be what they say no for.
          if detail["asked"] != true { try await scope.setDetail(StepRecord.refused, of: Self.start.name) }
          throw error.shown
        }
      }
      guard let id else { throw ShellError("restore app failed") }
      try await scope.setDetail(.object(["asked": true, "app_id": .int(id)]), of: Self.start.name)
      self.tell("new app_id = \(id)")
      return id
    }
  }

  private func begin() async throws -> Int32 {
    do throws(ClientError) {
      return try await cluster.startRestore(plan.request)
    } catch {
      if case .outcomeUnknown = error.reason {
        // The servers may still be creating it.
        for _ in 0..<5 {
          if let id = try await begunTable() { return id }
          try await loopSleep(.seconds(1))
        }
      }
      throw RefusedRequest.told(error, RestoreFailure.explained(error, plan))
    }
  }

  /// The table that this restore has made, found by what servers write into its envs.
  private func begunTable() async throws -> Int32? {
    let tables = try await watch.query.ask { try await self.cluster.listTables() }
    return tables.first {
      $0.appName == self.plan.table && $0.envs["restore.backup_id"] == "\(self.plan.request.timeStamp)"
    }?.appId
  }

  // MARK: Watching

  private func follow(_ id: Int32, in scope: JobScope) async throws {
    var pace = AskingPace()
    while true {
      try await scope.gate.pass()
      let status = try await watch.query.ask { () async throws -> ClusterClient.RestoreStatus? in
        do {
          return try await self.cluster.restoreStatus(tableID: id)
        } catch let error as ClientError where [.appDropped, .appNotExist].contains(error.code) {
          return nil
        }
      }
      guard let status else { throw RestoreFailure.takenBack }
      self.status = status
      if status.isComplete { return }
      try await pace.wait()
    }
  }

  /// Only a table with all of its replicas is safe to be used.
  private func settle(_ id: Int32, in scope: JobScope) async throws -> AppInfo {
    var pace = AskingPace()
    while true {
      try await scope.gate.pass()
      let tables = try await watch.query.ask { try await self.cluster.listTables() }
      guard let table = tables.first(where: { $0.appId == id }) else { throw RestoreFailure.dropped }
      let readiness = try await watch.query.ask {
        try await self.cluster.readiness(table: table.appName, replicaCount: table.maxReplicaCount)
      }
      self.readiness = readiness
      if readiness.isComplete { return table }
      try await pace.wait()
    }
  }

  var progress: JobProgress? {
    guard let status else { return nil }
    var progress = watch.progress(step, verb: "Restore", unit: "partitions")
    progress.isWatched = true
    progress.partCount = status.progress.count
    progress.total = Int64(status.progress.count)
    var fraction = status.fraction
    if step == Self.settle.name, let readiness {
      progress.done = Int64(readiness.ready)
      fraction = Double(readiness.ready) / Double(max(1, readiness.total))
    } else {
      progress.done = Int64(status.progress.count { $0 >= 1000 })
    }
    progress.finishedParts = Int(progress.done)
    progress.parts = status.progress.indices.map {
      JobProgress.Part(
        number: Int32($0), state: RestoreWord.of(status, $0).rawValue, done: status.progress[$0] >= 1000 ? 1 : 0,
        note: RestoreWord.note(status, $0))
    }
    if let stuck = status.statuses.indices.first(where: { RestoreWord.of(status, $0) == .unknown }) {
      progress.slowed = "partition \(stuck): \(status.statuses[stuck].name)"
    }
    watch.meter.measure(
      &progress, thousandths: Int64(fraction * Double(status.progress.count) * 1000), of: status.progress.count)
    progress.fraction = fraction
    return progress
  }

  // MARK: The end

  private func complete(_ id: Int32, _ table: AppInfo) -> JobOutcome {
    let skipped = (status?.statuses ?? []).indices.filter { status?.statuses[$0] == .ignoreBadData }
    var lines: [String] = []
    if !skipped.isEmpty {
      lines.append(
        "WARNING: \(skipped.count) partitions are empty because their data is damaged: "
          + skipped.prefix(50).map { "\($0)" }.joined(separator: ", "))
    }
    lines.append("INFO: a backup holds no environment variables: set those that the table had ('set_app_envs')")
    lines.append("INFO: 'use \(table.appName)', 'clear_app_envs -p restore' removes what the restore has left there")
    return JobOutcome(
      isComplete: true, status: (skipped.isEmpty ? ExitStatus.ok : .problem).rawValue,
      headline: "Restored table '\(table.appName)' (id \(id)), \(table.partitionCount) partitions"
        + (skipped.isEmpty ? "." : ", \(skipped.count) of them empty."), lines: lines,
      advice: skipped.isEmpty ? "" : "'check_backup' tells what is damaged; another backup may be whole",
      result: .object([
        "complete": true, "app_id": .int(id), "app_name": .string(table.appName),
        "partition_count": .int(table.partitionCount), "skipped_partitions": .array(skipped.map { .int($0) }),
      ]))
  }

  private func failed(_ id: Int32, _ failure: RestoreFailure) -> JobOutcome {
    JobOutcome(
      isComplete: false, status: ExitStatus.problem.rawValue, headline: "Restore of table '\(plan.table)' failed.",
      advice: failure.advice(plan),
      result: .object(["error": .string(failure.text(plan, id)), "app_id": .int(id)]))
  }
}

extension JobKind {
  /// `restore`
  static let restore = JobKind("restore", planVersion: RestorePlan.version) { plan, session, occasion in
    let parameters = try RestorePlan(plan.parameters)
    var changes = PlanChanges()
    let cluster = try await parameters.target.client(in: session, &changes)
    try changes.refuse(occasion, advice: "'restore' begins a new one")
    guard let cluster else { throw ShellError("the cluster is not there") }
    let output = session.output
    return { job in RestoreWork(parameters, cluster: cluster, scope: JobScope(job)) { output.info($0) } }
  }
}
