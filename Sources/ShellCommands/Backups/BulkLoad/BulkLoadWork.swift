import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// A bulk load as the work of a job: it is begun once, and then the servers work while it watches.
@LoopActor
final class BulkLoadWork: PartWork {
  nonisolated static let start = StepPlan(name: "start", title: "Ask for the load")
  nonisolated static let load = StepPlan(name: "load", title: "Wait for the servers")
  nonisolated static let level = StepPlan(name: "level", title: "Set the meta level back")

  private let plan: BulkLoadPlan
  private let cluster: ClusterClient
  private let tell: @LoopActor (String) -> Void
  private let waitsForOthers: Bool
  private let watch: ServerWatch
  private var state: BulkLoadState?
  private var rollbacks: Int64 = 0

  /// - Parameter waitsForOthers: while the servers load another table; otherwise that is an error
  init(
    _ plan: BulkLoadPlan, cluster: ClusterClient, scope: JobScope, waitsForOthers: Bool = false,
    tell: @escaping @LoopActor (String) -> Void
  ) {
    self.waitsForOthers = waitsForOthers
    self.plan = plan
    self.cluster = cluster
    self.tell = tell
    watch = ServerWatch(scope)
  }

  private var table: String { plan.table.table }

  func run(in scope: JobScope) async throws -> JobOutcome {
    if let request = plan.request, !scope.isDone(Self.start.name) || scope.detail(of: Self.start.name)["ended"] == true
    {
      try await begin(request, in: scope)
    }
    let verdict: BulkLoadVerdict
    do {
      verdict = try await scope.step(Self.load.name) { try await self.follow(in: scope) }
    } catch is CancellationError {
      return left()
    }
    // Also when an earlier run has done it: the load of this one has set it to steady again.
    if plan.metaLevel != nil {
      try await scope.step(Self.level.name) { try await self.restoreLevel() }
    }
    if verdict != .succeeded {
      // Another run shall begin another load.
      var detail: JSONObject = ["ended": true]
      if case .failed(let cause) = verdict { detail["cause"] = .string(cause.name) }
      try await scope.setDetail(.object(detail), of: Self.start.name)
    }
    return outcome(verdict, try? await cluster.tableInfo(table))
  }

  // MARK: Beginning

  /// The error with which the last load of a job has failed; nil: none has.
  static func cause(_ scope: JobScope) -> String? { scope.detail(of: start.name)["cause"]?.text }

  /// Whether the servers may work on a load, or have: one was asked for, and they have not declined.
  static func mayHaveBegun(_ trace: PlaybookTrace) -> Bool {
    trace.hasBegun(start.name) && trace.detail(of: start.name) != StepRecord.refused
  }

  private func begin(_ request: StartBulkLoadRequest, in scope: JobScope) async throws {
    try await scope.step(Self.start.name) {
      let detail = scope.detail(of: Self.start.name)
      let before: BulkLoadStatus
      if detail["asked"] == true {
        before = BulkLoadStatus(rawValue: detail["before"]?.whole.flatMap { Int32(exactly: $0) } ?? 0)
        if try await self.hasBegun(request, before) { return self.tell("the bulk load had been started already") }
      } else {
        before = try await self.forgetEarlierLoad()
        // Journaled before it is done: whoever goes on looks first whether it was begun.
        try await scope.setDetail(
          .object(["asked": true, "before": .int(before.rawValue)]), of: Self.start.name)
      }
      do throws(ClientError) {
        try await self.start(request, in: scope)
      } catch {
        if case .outcomeUnknown = error.reason, try await self.hasBegun(request, before) { return }
        if case .refused = error.reason {
          try await scope.setDetail(StepRecord.refused, of: Self.start.name)
        }
        throw BulkLoadRefusal.explained(error, request)
      }
      self.tell("start bulk load succeed")
    }
  }

  /// Servers load one table at a time, unless they are told otherwise.
  private func start(_ request: StartBulkLoadRequest, in scope: JobScope) async throws(ClientError) {
    var pace = AskingPace()
    var isTold = false
    while true {
      do throws(ClientError) {
        _ = try await cluster.startBulkLoad(request)
        return
      } catch {
        guard waitsForOthers, error.code == .busy else { throw error }
      }
      if !isTold { tell("the servers load another table: waiting for its end") }
      isTold = true
      do {
        try await scope.gate.pass()
        try await pace.wait()
      } catch {
        throw ClientError(.cancelled, while: "start a bulk load")
      }
    }
  }

  private func ask() async throws -> BulkLoadState {
    BulkLoadState(try await watch.query.ask { try await self.cluster.bulkLoadStatus(table: self.table) })
  }

  /// Has the servers forget how an earlier load ended, so that this one's end can be told from it. Those before 2.4 cannot.
  private func forgetEarlierLoad() async throws -> BulkLoadStatus {
    let state = try await ask()
    guard !state.isLoading, state.status != .invalid else { return state.isLoading ? .invalid : state.status }
    do throws(ClientError) {
      _ = try await cluster.clearBulkLoad(table: table)
      return .invalid
    } catch {
      return state.status
    }
  }

  /// Whether a load that was asked for without an answer goes on, or has ended meanwhile.
  ///
  /// - Parameter before: what servers told of the table before it was asked for
  private func hasBegun(_ request: StartBulkLoadRequest, _ before: BulkLoadStatus) async throws -> Bool {
    let state = try await ask()
    if state.isLoading { return true }
    if state.status != before { return state.status != .invalid }
    // The same files in front once more change nothing; behind they are refused, and that fails the load.
    guard before != .invalid, request.ingestBehind else { return false }
    throw ShellError(
      "the servers do not tell whether the bulk load of table '\(table)' was begun: an earlier one ended in the same way",
      advice:
        "'count_data' or 'verify_data' shows whether its rows are there; if not, 'start_bulk_load' begins another one",
      status: .couldNotTell)
  }

  // MARK: Watching

  private func follow(in scope: JobScope) async throws -> BulkLoadVerdict {
    var pace = AskingPace()
    while true {
      try await scope.gate.pass()
      let fresh: BulkLoadState
      do {
        fresh = try await ask()
      } catch let error as ClientError where [.appNotExist, .appDropped].contains(error.code) {
        return .dropped
      }
      if let old = state?.status, [.downloaded, .ingesting].contains(old), fresh.status == .downloading {
        rollbacks += 1
        tell("the servers began the download anew (\(rollbacks))")
      }
      if fresh.status == .paused, state?.status != .paused {
        tell(
          "the load is paused: 'restart_bulk_load -a \(table)' goes on with it, 'cancel_bulk_load -a \(table)' gives it up"
        )
      }
      // Servers forget the load of a table that is being dropped before the table is gone.
      let wasUnknown = state?.verdict == .unknown
      state = fresh
      if let verdict = fresh.verdict, verdict != .unknown || wasUnknown { return verdict }
      try await pace.wait()
    }
  }

  private func restoreLevel() async throws {
    guard let level = plan.metaLevel else { return }
    let present = try await watch.query.ask { try await self.cluster.controlMeta() }
    guard present != level else { return }
    _ = try await watch.query.ask { try await self.cluster.controlMeta(level) }
    tell("the meta level is \(level.name) again, as before the load")
  }

  var progress: JobProgress? {
    guard let state else { return nil }
    let isIngesting = [.downloaded, .ingesting, .succeed].contains(state.status)
    var progress = watch.progress(
      Self.load.name, verb: state.status == .succeed ? "Clean up" : isIngesting ? "Ingest" : "Download",
      unit: "partitions")
    progress.isWatched = true
    progress.retries += rollbacks
    if rollbacks > 0, progress.lastRetryReason.isEmpty { progress.lastRetryReason = "download began anew" }
    progress.partCount = state.partitionCount
    progress.total = Int64(state.partitionCount)
    progress.parts = (0..<state.partitionCount).map {
      let percent = state.downloadProgress(of: $0)
      return JobProgress.Part(
        number: Int32($0), state: Self.word(state.reply.partitionsStatus[$0]), done: percent == 100 ? 1 : 0,
        note: isIngesting ? "" : "\(percent)%")
    }
    progress.done = Int64(
      isIngesting
        ? state.ingestedPartitions : (0..<state.partitionCount).count { state.downloadProgress(of: $0) == 100 })
    progress.finishedParts = Int(progress.done)
    if [.pausing, .paused].contains(state.status) { progress.slowed = "the load is \(Self.word(state.status))" }
    let percent = isIngesting ? state.ingestionProgress : state.downloadProgress
    watch.meter.measure(&progress, thousandths: Int64(percent * 10 * state.partitionCount), of: state.partitionCount)
    progress.fraction = Double(percent) / 100
    return progress
  }

  /// "downloading" of "BLS_DOWNLOADING".
  private static func word(_ status: BulkLoadStatus) -> String {
    let name = status.name.lowercased()
    return name.hasPrefix("bls_") ? String(name.dropFirst(4)) : name
  }

  // MARK: The end

  private func outcome(_ verdict: BulkLoadVerdict, _ info: AppInfo?) -> JobOutcome {
    var result: JSONObject = [
      "app_name": .string(table), "app_bulk_load_status": .string(state?.status.name ?? ""),
      "complete": .bool(verdict == .succeeded),
    ]
    guard verdict != .succeeded else {
      var lines: [String] = []
      if info?.envs["rocksdb.usage_scenario"] == "bulk_load" {
        lines.append(
          "INFO: rocksdb.usage_scenario is still bulk_load: compact the table, then set it to normal ('set_app_envs'); "
            + "reads get slower and slower otherwise")
      }
      return JobOutcome(
        isComplete: true,
        headline: "Bulk load of table '\(table)' succeeded, \(state?.partitionCount ?? 0) partitions.",
        lines: lines, result: .object(result))
    }
    let (message, advice) = Self.text(verdict, table, behind: plan.request?.ingestBehind)
    result["error"] = .string(message)
    // Whoever only watched would see the same again.
    if plan.request == nil { result["final"] = true }
    return JobOutcome(
      isComplete: false, status: ExitStatus.problem.rawValue,
      headline: verdict == .cancelled
        ? "Bulk load of table '\(table)' was cancelled." : "Bulk load of table '\(table)' failed.",
      advice: advice, result: .object(result))
  }

  private static func text(_ verdict: BulkLoadVerdict, _ table: String, behind: Bool?) -> (String, String) {
    switch verdict {
    case .failed(let cause):
      ("the bulk load of table '\(table)' failed, cause \(cause.name)", verdict.advice(ingestBehind: behind))
    case .cancelled: ("the bulk load of table '\(table)' was cancelled", "")
    case .dropped: ("table '\(table)' was dropped while it was being loaded", "nothing of the load is left")
    default:
      (
        "the servers know of no bulk load of table '\(table)'",
        "its result was cleared, or the table was loaded by somebody else"
      )
    }
  }

  private func left() -> JobOutcome {
    let level = plan.metaLevel.flatMap { $0 == .steady ? nil : $0.name }
    return watch.left(
      advice:
        "the servers go on with it: 'query_bulk_load_status -a \(table)' shows it, 'cancel_bulk_load -a \(table)' ends "
        + "it" + (level.map { "; nobody but 'resume' sets the meta level back to \($0)" } ?? ""),
      ["app_name": .string(table)])
  }
}

extension JobKind {
  /// `start_bulk_load --wait`
  static let bulkLoad = JobKind(
    "start_bulk_load", planVersion: BulkLoadPlan.version, writes: { [TableWrite(try BulkLoadPlan($0).table)] }
  ) { plan, session, occasion in
    let parameters = try BulkLoadPlan(plan.parameters)
    var changes = PlanChanges()
    let table = try await parameters.table.table("loaded", in: session, &changes)
    try changes.refuse(occasion, advice: "start_bulk_load loads the table as it is now")
    guard let table else { throw ShellError("the table is not there") }
    let output = session.output
    return { job in BulkLoadWork(parameters, cluster: table.cluster, scope: JobScope(job)) { output.info($0) } }
  }
}
