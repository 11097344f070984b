package import EventLoop
package import PegasusClient
import PegasusProtocol

/// A copy of a table into another one, from the first check to the last acknowledged row; or a later run of the same job,
/// which goes on where the checkpoints of an earlier one are.
@LoopActor
package final class CopyRun {
  private let source: Table
  private let target: Table
  private let options: CopyOptions
  private let geo: GeoWriter?
  private let copyTarget: CopyTarget
  /// Closed: the copy pauses. What is on its way is decided, nothing more is read or written.
  package let gate: Gate
  /// Rows and bytes a second, all partitions together; may be changed while the copy runs.
  package let limiter: RateLimiter
  private let watch: TargetWatch?
  private let checkpoints: [Int32: PartitionCheckpoint]
  private let isResumed: Bool
  private let previousElapsed: Duration
  private let started = Monotonic.now()
  private let closedAtStart: Duration
  private var finalElapsed: Duration?
  private var partitions: [PartitionCopy] = []
  private var estimatedRows: Int64?
  private var failure: ClientError?
  /// The first partition that the target gave reason to end; the others go on.
  private var givenUp: ClientError?
  private var work: Task<Void, Never>?

  /// - Parameters:
  ///   - gate: pauses the copy while it is closed
  ///   - checkpoints: what earlier runs of the same job left; the caller has made sure that it is the same job
  ///   - isResumed: an earlier run may have written rows without leaving a checkpoint of them. In `putIfAbsent` a row that
  ///     the target holds with our value is then taken for one of ours and counts as copied.
  ///   - previousElapsed: the working time of earlier runs, which the snapshots go on from
  package init(
    source: Table, target: Table, options: CopyOptions, geo: GeoWriter? = nil, gate: Gate = Gate(),
    resumingFrom checkpoints: [PartitionCheckpoint] = [], isResumed: Bool? = nil, previousElapsed: Duration = .zero
  ) {
    self.source = source
    self.target = target
    self.options = options
    self.geo = geo
    self.gate = gate
    closedAtStart = gate.timeClosed
    self.checkpoints = Dictionary(checkpoints.map { ($0.partition, $0) }, uniquingKeysWith: { $1 })
    self.isResumed = isResumed ?? !checkpoints.isEmpty
    self.previousElapsed = previousElapsed
    limiter = RateLimiter(rowsPerSecond: options.maxRowsPerSecond, bytesPerSecond: options.maxBytesPerSecond)
    let limiter = limiter
    watch = options.maxTargetLatency.map { TargetWatch(maxLatency: $0, limiter: limiter, gate: gate) }
    copyTarget = CopyTarget(table: target, timeout: options.timeout)
  }

  /// Looks both tables up and refuses what must not be begun.
  ///
  /// - Returns: the source partitions that will be copied
  /// - Throws: `ClientError` when a table is missing, a partition is out of range, or both tables are the same one
  package func prepare() async throws(ClientError) -> [Int32] {
    let from = try await source.router.refresh()
    try await copyTarget.prepare()
    if options.mode != .delete { try await CopySafety.check(source: source, target: target) }
    if options.mode == .duplicate, options.originClusterID == 0 {
      throw ClientError(
        .invalid("duplicated writes need the number of the cluster they come from"),
        while: target.phrase("write", "to"))
    }
    let all = (0..<Int32(from.count)).map { $0 }
    let wanted = options.partitions ?? all
    if let outside = wanted.first(where: { !from.partitions.indices.contains(Int($0)) }) {
      throw ClientError(
        .invalid("there is no partition \(outside): the table has \(from.count), from 0 to \(from.count - 1)"),
        while: source.phrase("copy", "from"))
    }
    let clock = ExpiryClock()
    partitions = []
    for number in wanted { partitions.append(try copy(of: number, clock)) }
    return wanted
  }

  private func copy(of number: Int32, _ clock: ExpiryClock) throws(ClientError) -> PartitionCopy {
    let checkpoint = checkpoints[number]
    var start: PegasusKey?
    if let position = checkpoint?.position {
      do {
        start = try PegasusKey(encoded: position)
      } catch {
        throw ClientError(
          .invalid("the checkpoint of partition \(number) does not hold a key: \(error)"),
          while: source.phrase("copy", "from"))
      }
    }
    let writer = RowWriter(
      target: copyTarget, options: options, partition: number, clock: clock, geo: geo, limiter: limiter, gate: gate,
      resumingFrom: checkpoint, isResumed: isResumed, watch: watch
    ) { [weak self] error in self?.stop(because: error) }
    return PartitionCopy(
      source: source, partition: number, options: options, writer: writer, gate: gate, resumingFrom: checkpoint,
      start: start)
  }

  /// Tells the copy how many rows to expect, for percent and remaining time.
  package func expect(rows: Int64?) { estimatedRows = rows }

  /// Copies all partitions that are not done. Cancelling the task stops it in order: nothing more is read, what is on its
  /// way is awaited. Failed rows are those that were refused; what a stop left undone is not counted at all.
  package func run() async -> CopyResult {
    let work = Task(executorPreference: EventLoop.shared.taskExecutor) { await self.copyAll() }
    self.work = work
    let watching = watch.map { watch in Task(executorPreference: EventLoop.shared.taskExecutor) { await watch.run() } }
    defer { watching?.cancel() }
    await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      EventLoop.shared.post { self.stop(because: ClientError(.cancelled, while: "copy")) }
    }
    if failure == nil && Task.isCancelled { failure = ClientError(.cancelled, while: "copy") }
    failure = failure ?? givenUp
    finalElapsed = elapsed
    var failures: [FailedRow] = []
    var reasons: [String: Int64] = [:]
    for partition in partitions {
      failures += partition.failures.first
      reasons.merge(partition.failures.countByReason, uniquingKeysWith: +)
    }
    return CopyResult(
      snapshot: snapshot, error: failure, firstFailures: Array(failures.prefix(20)), failureReasons: reasons)
  }

  private func copyAll() async {
    await runAll(partitions, atMost: options.maxConcurrentPartitions, while: { failure == nil }) { partition in
      do throws(ClientError) {
        try await partition.run()
      } catch {
        if !partition.hasGivenUp { return self.stop(because: error) }
        if self.givenUp == nil { self.givenUp = error }
      }
    }
  }

  /// The checkpoints that have moved since the last call: what is to be kept for a later run. After `run` has returned,
  /// what it answers is final.
  package func takeCheckpoints() -> [PartitionCheckpoint] { partitions.compactMap { $0.takeCheckpoint() } }

  package var snapshot: CopySnapshot {
    let progress = partitions.map(\.progress)
    var counts = RowCounts()
    for partition in progress { counts += partition.counts }
    return CopySnapshot(
      elapsed: finalElapsed ?? elapsed, partitions: progress, counts: counts,
      bytes: progress.reduce(0) { $0 + $1.bytes }, retries: progress.reduce(0) { $0 + $1.retries },
      lastRetryReason: progress.last { !$0.lastRetryReason.isEmpty }?.lastRetryReason ?? "",
      estimatedRows: estimatedRows, stopReason: failure?.cause, slowed: watch?.slowed)
  }

  private var elapsed: Duration { previousElapsed + (.now() - started) - (gate.timeClosed - closedAtStart) }

  private func stop(because error: ClientError) {
    if failure == nil { failure = error }
    for partition in partitions { partition.stop() }
    work?.cancel()
  }
}
