import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// A manual compaction as the work of a job: it is asked for once, and then the replicas work while it watches.
@LoopActor
final class CompactionWork: PartWork {
  nonisolated static let start = StepPlan(name: "start", title: "Ask for the compaction")
  nonisolated static let compact = StepPlan(name: "compact", title: "Wait for the replicas")
  /// So long nobody may begin: three config syncs. Then it is asked for anew, with another time.
  private nonisolated static let patience: Duration = .seconds(90)
  private nonisolated static let maxTries = 5

  private let plan: CompactionPlan
  private let cluster: ClusterClient
  private let tell: @LoopActor (String) -> Void
  private let watch: ServerWatch
  private var state: CompactionState?
  private var before: CompactionState.Before = [:]
  private var tries = 0

  init(
    _ plan: CompactionPlan, cluster: ClusterClient, scope: JobScope, tell: @escaping @LoopActor (String) -> Void
  ) {
    self.plan = plan
    self.cluster = cluster
    self.tell = tell
    watch = ServerWatch(scope)
  }

  private var table: String { plan.table.table }

  func run(in scope: JobScope) async throws -> JobOutcome {
    if !scope.isDone(Self.start.name) {
      try await scope.step(Self.start.name) { try await self.begin(in: scope) }
    }
    before = CompactionState.before(scope.detail(of: Self.start.name)["before"])
    do {
      try await scope.step(Self.compact.name) { try await self.follow(in: scope) }
    } catch is CancellationError {
      return left()
    }
    return JobOutcome(
      isComplete: true,
      headline: "Compacted table '\(table)', \(state?.replicas.count ?? 0) replicas of \(plan.table.partitionCount) "
        + "partitions.",
      result: .object([
        "complete": true, "app_name": .string(table), "app_id": .int(plan.table.appID),
        "replicas": .int(state?.replicas.count ?? 0), "bottommost": .bool(plan.rewritesBottommost),
      ]))
  }

  // MARK: Beginning

  /// What was asked for without an answer is looked for before it is asked for again: a compaction rewrites everything.
  private func begin(in scope: JobScope) async throws {
    let detail = scope.detail(of: Self.start.name)
    let trigger = try await watch.query.ask { try await self.cluster.compactionTrigger(table: self.table) }
    if detail["asked"] == true, detail["trigger"]?.text != trigger {
      return tell("the compaction had been asked for already")
    }
    let present = try await watch.query.ask { try await CompactionState.ask(self.plan.table, of: self.cluster) }
    guard present.isTold else {
      throw ShellError(
        "no server tells how compactions stand ('replica.query-compact'), so the end of one could not be seen")
    }
    if !present.ends.isEmpty {
      // Ends are told in whole seconds: another one in the same second would look the same.
      try await loopSleep(.milliseconds(1100))
    }
    try await scope.setDetail(
      .object(["asked": true, "trigger": .optional(trigger), "before": CompactionState.json(present.ends)]),
      of: Self.start.name)
    do {
      try await ask(instead: trigger)
    } catch let error as RefusedRequest {
      if detail["asked"] != true { try await scope.setDetail(StepRecord.refused, of: Self.start.name) }
      throw error.shown
    }
    tell("start manual compaction succeed")
  }

  private func ask(instead trigger: String?) async throws {
    do throws(ClientError) {
      try await cluster.startCompaction(
        table: table, bottommost: plan.rewritesBottommost, targetLevel: plan.targetLevel, maxRunning: plan.maxRunning)
    } catch {
      if case .outcomeUnknown = error.reason {
        let present = try await watch.query.ask { try await self.cluster.compactionTrigger(table: self.table) }
        if present != trigger { return }
      }
      throw RefusedRequest.told(error, CompactionRefusal.explained(error, table))
    }
  }

  // MARK: Watching

  private func follow(in scope: JobScope) async throws {
    var pace = AskingPace(longest: .seconds(5))
    var asked = ContinuousClock.now
    while true {
      try await scope.gate.pass()
      let fresh = try await watch.query.ask { try await CompactionState.ask(self.plan.table, of: self.cluster) }
      state = fresh
      if fresh.isComplete(since: before) { return }
      if !fresh.hasBegun(since: before), ContinuousClock.now - asked > Self.patience {
        // A replica whose clock is ahead of the meta server's passes over a time that is before the end of its last one.
        guard tries < Self.maxTries else {
          throw ShellError(
            "no replica of table '\(table)' began to compact, although it was asked for \(tries + 1) times",
            advice: "the clocks of the servers may differ, or manual_compact.disabled is set: 'get_app_envs' shows it")
        }
        tries += 1
        tell("no replica has begun: asking again (\(tries))")
        do {
          try await ask(instead: nil)
        } catch let error as RefusedRequest {
          throw error.shown
        }
        asked = .now
      }
      try await pace.wait()
    }
  }

  var progress: JobProgress? {
    guard let state else { return nil }
    var progress = watch.progress(Self.compact.name, verb: "Compact", unit: "replicas")
    progress.retries += Int64(tries)
    progress.done = Int64(state.finished(since: before))
    progress.total = Int64(state.replicas.count)
    progress.partCount = state.partitionCount
    progress.parts = (0..<Int32(clamping: state.partitionCount)).map {
      let word = state.word(of: $0, since: before)
      return JobProgress.Part(number: $0, state: word, done: word == "done" ? 1 : 0)
    }
    progress.finishedParts = progress.parts.count { $0.state == "done" }
    watch.meter.measure(
      &progress, decided: progress.done, left: Int64(state.replicas.count) - progress.done,
      fraction: state.replicas.isEmpty ? nil : Double(progress.done) / Double(state.replicas.count))
    return progress
  }

  // MARK: The end

  private func left() -> JobOutcome {
    watch.left(
      advice:
        "the replicas go on with it: 'query_manual_compact_status -a \(table)' shows it; only 'set_app_envs "
        + "manual_compact.disabled true' keeps those from it that have not begun", ["app_name": .string(table)])
  }
}

extension JobKind {
  /// `start_manual_compact --wait`
  static let compaction = JobKind("start_manual_compact", planVersion: CompactionPlan.version) {
    plan, session, occasion in
    let parameters = try CompactionPlan(plan.parameters)
    var changes = PlanChanges()
    let table = try await parameters.table.table("compacted", in: session, &changes)
    try changes.refuse(occasion, advice: "start_manual_compact begins a new one of the table as it is now")
    guard let table else { throw ShellError("the table is not there") }
    let output = session.output
    return { job in CompactionWork(parameters, cluster: table.cluster, scope: JobScope(job)) { output.info($0) } }
  }
}
