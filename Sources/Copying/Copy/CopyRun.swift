package import EventLoop
package import PegasusClient
import PegasusProtocol

/// A copy of a table into another one, from the first check to the last acknowledged row.
@LoopActor
package final class CopyRun {
  private let source: Table
  private let target: Table
  private let options: CopyOptions
  private let geo: GeoWriter?
  private let copyTarget: CopyTarget
  private let started = ContinuousClock.now
  private var ended: ContinuousClock.Instant?
  private var partitions: [PartitionCopy] = []
  private var estimatedRows: Int64?
  private var failure: ClientError?

  package init(source: Table, target: Table, options: CopyOptions, geo: GeoWriter? = nil) {
    self.source = source
    self.target = target
    self.options = options
    self.geo = geo
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
    let all = (0..<Int32(from.count)).map { $0 }
    let wanted = options.partitions ?? all
    if let outside = wanted.first(where: { !from.partitions.indices.contains(Int($0)) }) {
      throw ClientError(
        .invalid("there is no partition \(outside): the table has \(from.count), from 0 to \(from.count - 1)"),
        while: source.phrase("copy", "from"))
    }
    let clock = ExpiryClock()
    var limiter: RateLimiter?
    if options.maxRowsPerSecond != nil || options.maxBytesPerSecond != nil {
      limiter = RateLimiter(rowsPerSecond: options.maxRowsPerSecond, bytesPerSecond: options.maxBytesPerSecond)
    }
    partitions = wanted.map { number in
      let writer = RowWriter(
        target: copyTarget, options: options, partition: number, clock: clock, geo: geo, limiter: limiter
      ) {
        [weak self] error in self?.stop(because: error)
      }
      return PartitionCopy(source: source, partition: number, options: options, writer: writer)
    }
    return wanted
  }

  /// Tells the copy how many rows to expect, for percent and remaining time.
  package func expect(rows: Int64?) { estimatedRows = rows }

  /// Copies all partitions. Cancelling the task stops it in order: nothing more is read, what is on its way is awaited.
  package func run() async -> CopyResult {
    await runAll(partitions, atMost: options.maxConcurrentPartitions, while: { failure == nil }) { partition in
      do throws(ClientError) {
        try await partition.run()
      } catch {
        self.stop(because: error)
      }
    }
    if failure == nil && Task.isCancelled { failure = ClientError(.cancelled, while: "copy") }
    ended = ContinuousClock.now
    var failures: [FailedRow] = []
    var reasons: [String: Int64] = [:]
    for partition in partitions {
      failures += partition.failures.first
      reasons.merge(partition.failures.countByReason, uniquingKeysWith: +)
    }
    return CopyResult(
      snapshot: snapshot, error: failure, firstFailures: Array(failures.prefix(20)), failureReasons: reasons)
  }

  package var snapshot: CopySnapshot {
    let progress = partitions.map(\.progress)
    var counts = RowCounts()
    for partition in progress { counts += partition.counts }
    return CopySnapshot(
      elapsed: (ended ?? ContinuousClock.now) - started, partitions: progress, counts: counts,
      bytes: progress.reduce(0) { $0 + $1.bytes }, retries: progress.reduce(0) { $0 + $1.retries },
      lastRetryReason: progress.last { !$0.lastRetryReason.isEmpty }?.lastRetryReason ?? "",
      estimatedRows: estimatedRows, stopReason: failure?.cause)
  }

  private func stop(because error: ClientError) {
    if failure == nil { failure = error }
    for partition in partitions { partition.stop(because: error.isCancellation ? "the copy was stopped" : error.cause) }
  }
}
