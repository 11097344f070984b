package import EventLoop
package import PegasusClient
import PegasusProtocol

/// Mends what a verify found: looks at each key of its report again on both sides, and makes the target what the source is
/// where both still differ.
///
/// A difference is mended only when two looks, one after the other, found the same on both sides: the report's look and the
/// first one here, or two here with a pause between them. What the write replaces is named in the write: it is done only
/// when the target still holds the value that was seen (`check_and_set`, `check_and_mutate`). After it both sides are
/// looked at once more, so that a source that changed meanwhile is followed.
///
/// What stays open: an application that writes the very value that was seen with another expiry; a value so large that
/// its condition would not fit into a request, which is written without one; and the moment between the last look at
/// the source and the write, where the next look finds what the source has become.
@LoopActor
package final class RepairRun {
  let source: Table
  let target: Table
  let options: RepairOptions
  let clock = ExpiryClock()
  /// Can be changed while it runs.
  package let limiter: RateLimiter
  /// Told of every decision, in no particular order.
  package var onDecision: (@LoopActor (RepairDecision) -> Void)?

  private let findings: any RepairFindings
  private let gate: Gate
  private let resumed: RepairCheckpoint
  private var counts: RepairCounts
  private var mark: RepairCheckpoint
  private var markMoved = false
  private var failures = FailureLog()
  private var started = ContinuousClock.now
  private var ended: ContinuousClock.Instant?
  private var failure: ClientError?
  /// When an answer came last.
  private var lastSignOfLife = ContinuousClock.now
  /// The ids of both tables when it began.
  private(set) var appIDs: (source: Int32, target: Int32)?

  package init(
    source: Table, target: Table, findings: any RepairFindings, options: RepairOptions, gate: Gate = Gate(),
    resumingFrom checkpoint: RepairCheckpoint = RepairCheckpoint()
  ) {
    self.source = source
    self.target = target
    self.findings = findings
    self.options = options
    self.gate = gate
    resumed = checkpoint
    counts = checkpoint.counts
    mark = checkpoint
    limiter = RateLimiter(rowsPerSecond: options.maxRowsPerSecond)
  }

  /// Looks both tables up.
  ///
  /// - Throws: `ClientError` when a table is missing, or both are the same one
  package func prepare() async throws(ClientError) {
    let found = (source: try await source.router.refresh().appID, target: try await target.router.refresh().appID)
    do throws(ClientError) {
      try await CopySafety.check(source: source, target: target)
    } catch {
      throw ClientError(error.reason, while: "repair")
    }
    appIDs = found
  }

  /// Works through the report. Cancelling the task stops it in order: writes that are on their way are awaited, and what
  /// is not decided then is not counted.
  package func run() async -> RepairResult {
    started = ContinuousClock.now
    lastSignOfLife = started
    do throws(ClientError) {
      try await workThrough()
    } catch {
      stop(because: error)
    }
    if failure == nil && Task.isCancelled { failure = ClientError(.cancelled, while: "repair") }
    ended = ContinuousClock.now
    return RepairResult(
      snapshot: snapshot, error: failure, firstFailures: failures.first, failureReasons: failures.countByReason)
  }

  package var snapshot: RepairSnapshot {
    RepairSnapshot(
      counts: counts, elapsed: (ended ?? ContinuousClock.now) - started, stopReason: failure?.cause)
  }

  /// The position, when it has moved since the last call.
  package func takeCheckpoint() -> RepairCheckpoint? {
    guard markMoved else { return nil }
    markMoved = false
    return mark
  }

  // MARK: The report

  private func workThrough() async throws(ClientError) {
    var isClean = true
    while failure == nil {
      do { try await gate.pass() } catch { throw ClientError(.cancelled, while: "repair") }
      let batch = try await nextBatch()
      guard let last = batch.last else { break }
      let items = batch.filter { !$0.finding.agrees }
      counts.settled += Int64(batch.count - items.count)
      await runAll(items, atMost: options.maxConcurrentRows, while: { self.failure == nil }) { item in
        await self.work(on: item)
      }
      if Task.isCancelled { throw ClientError(.cancelled, while: "repair") }
      let isDecided = items.allSatisfy { $0.outcome != nil && $0.outcome != .failed && $0.outcome != .changing }
      isClean = isClean && isDecided
      // What failed is looked at again by a later run: the position stays before it.
      if isClean { move(to: RepairCheckpoint(line: last.finding.line, counts: counts)) }
    }
    if failure == nil && isClean { move(to: RepairCheckpoint(line: mark.line, counts: counts, isFinished: true)) }
  }

  private func move(to next: RepairCheckpoint) {
    mark = next
    markMoved = true
  }

  private func nextBatch() async throws(ClientError) -> [RepairItem] {
    var batch: [RepairItem] = []
    do throws(RepairInputError) {
      while batch.count < options.batchSize, let finding = try await findings.next() {
        if finding.line > resumed.line { batch.append(RepairItem(finding)) }
      }
    } catch {
      throw ClientError(.invalid(error.description), while: "read the report")
    }
    return batch
  }

  // MARK: One key

  private func work(on item: RepairItem) async {
    do {
      try await gate.pass()
      try await limiter.wait()
    } catch {
      return
    }
    limiter.spend(rows: 1, bytes: 0, at: .now())
    counts.lookedAt += 1
    do throws(ClientError) {
      var repair = RowRepair(run: self, finding: item.finding)
      let decision = try await repair.decide()
      lastSignOfLife = ContinuousClock.now
      count(decision, of: item)
    } catch {
      if error.isCancellation {
        counts.lookedAt -= 1
        return
      }
      count(RepairDecision(finding: item.finding, outcome: .failed, reason: error.cause), of: item)
      if isFatal(error) { stop(because: error) }
    }
  }

  /// An answer came: the clusters are alive.
  func sawLife() { lastSignOfLife = ContinuousClock.now }

  private func count(_ decision: RepairDecision, of item: RepairItem) {
    item.outcome = decision.outcome
    switch decision.outcome {
    case .mended: counts.mended += 1
    case .deleted: counts.deleted += 1
    case .same: counts.same += 1
    case .skipped: counts.skipped += 1
    case .changing: counts.changing += 1
    case .failed:
      counts.failed += 1
      let key = decision.finding.key
      let partition = source.router.table?.index(for: key.partitionHash) ?? 0
      failures.add(
        FailedRow(partition: partition, hashKey: key.hashKey, sortKey: key.sortKey, reason: decision.reason),
        reason: decision.reason)
    }
    if decision.wasUnconditional { counts.unconditional += 1 }
    onDecision?(decision)
  }

  /// Whether going on makes no sense: it would be the same with every other row.
  private func isFatal(_ error: ClientError) -> Bool {
    switch error.reason {
    case .noSuchTable, .invalid: return true
    case .refused, .transport:
      guard let code = error.code else { return false }
      return [.aclDeny, .unauthenticated, .operationDisabled, .appNotExist, .handlerNotFound].contains(code)
    // Each row would wait for as long: a side that answers nothing is not asked a hundred thousand times.
    case .deadline, .noLeader: return ContinuousClock.now - lastSignOfLife >= options.giveUpAfter
    default: return false
    }
  }

  private func stop(because error: ClientError) {
    if failure == nil { failure = error }
  }
}

/// A finding under way.
@LoopActor
private final class RepairItem {
  let finding: RepairFinding
  /// `nil` while it is not decided.
  var outcome: RepairDecision.Outcome?

  init(_ finding: RepairFinding) { self.finding = finding }
}
