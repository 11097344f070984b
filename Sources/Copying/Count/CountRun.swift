package import EventLoop
package import PegasusClient
import PegasusProtocol

/// A precise count of a table: every partition is read to its end, or the count has failed.
@LoopActor
package final class CountRun {
  /// How a count stands, or how it ended.
  package struct Snapshot: Sendable {
    package var partitions: [(partition: Int32, rows: Int64, isDone: Bool)]
    package var findings: CountFindings
    package var elapsed: Duration
    /// Why it ended before its end.
    package var error: ClientError?

    package var finishedPartitions: Int { partitions.count { $0.isDone } }
    package var isComplete: Bool { error == nil && finishedPartitions == partitions.count }
  }

  private let table: Table
  private let options: CountOptions
  private let gate: Gate
  /// Rows and bytes read in a second, all partitions together; may be changed while the count runs.
  package let limiter = RateLimiter()
  private let started = ContinuousClock.now
  private var parts: [PartitionCount] = []
  private var failure: ClientError?

  /// - Parameter gate: pauses the count while it is closed
  package init(table: Table, options: CountOptions, gate: Gate = Gate()) {
    self.table = table
    self.options = options
    self.gate = gate
  }

  /// - Returns: the partitions that will be counted
  /// - Throws: `ClientError` when the table is missing or a partition is out of range
  package func prepare() async throws(ClientError) -> [Int32] {
    let known = try await table.router.refresh()
    let wanted = options.partitions ?? (0..<Int32(known.count)).map { $0 }
    if let outside = wanted.first(where: { !known.partitions.indices.contains(Int($0)) }) {
      throw ClientError(
        .invalid("there is no partition \(outside): the table has \(known.count), from 0 to \(known.count - 1)"),
        while: table.phrase("count the rows", "of"))
    }
    parts = wanted.map { PartitionCount(table: table, partition: $0, options: options, gate: gate, limiter: limiter) }
    return wanted
  }

  /// Counts. Cancelling the task ends it early, with what has been counted so far.
  package func run() async -> Snapshot {
    await runAll(parts, atMost: options.maxConcurrentPartitions, while: { failure == nil }) { part in
      do throws(ClientError) {
        try await part.run()
      } catch {
        if self.failure == nil { self.failure = error }
      }
    }
    if failure == nil && Task.isCancelled { failure = ClientError(.cancelled, while: "count") }
    return snapshot
  }

  package var snapshot: Snapshot {
    var findings = CountFindings(topCount: options.topCount)
    for part in parts { findings.merge(part.findings) }
    return Snapshot(
      partitions: parts.map { ($0.partition, $0.findings.rows, $0.isDone) }, findings: findings,
      elapsed: ContinuousClock.now - started, error: failure)
  }
}
