package import PegasusClient

/// How one source partition stands.
package struct PartitionProgress: Sendable, Equatable {
  package enum State: String, Sendable { case waiting, running, done, failed, stopped }

  package var partition: Int32
  package var state: State
  /// Of all runs of the job: what earlier ones left as done for good, and what this one has taken.
  package var counts: RowCounts
  /// Bytes of keys and values copied.
  package var bytes: Int64
  package var retries: Int64
  /// Why something had to be repeated last; empty when nothing had.
  package var lastRetryReason: String
}

/// How a copy stands, at one moment. All numbers are counted, none is guessed; `estimatedRows` is the servers' estimate.
package struct CopySnapshot: Sendable {
  /// The working time of all runs, pauses left out.
  package var elapsed: Duration
  package var partitions: [PartitionProgress]
  package var counts: RowCounts
  package var bytes: Int64
  package var retries: Int64
  package var lastRetryReason: String
  /// Rows that the source's servers estimate to have; `nil` when they could not be asked. Expired and overwritten rows are
  /// among them, so it errs on the high side.
  package var estimatedRows: Int64?
  /// Why the copy is ending early; `nil` while it is not.
  package var stopReason: String?
  /// Why it goes more slowly than it could, as "target p99 84 ms > 50 ms"; `nil` when it does not. The operator's own
  /// rate limit is not meant.
  package var slowed: String?

  package var finishedPartitions: Int { partitions.count { $0.state == .done || $0.state == .failed } }

  /// The running partition that has come the least far.
  package var slowest: PartitionProgress? {
    partitions.filter { $0.state == .running }.min { $0.counts.read < $1.counts.read }
  }

  /// What is done of the whole, from 0 to 1: rows against the estimate, or partitions where there is no estimate or it
  /// has been proved too low; `nil` when neither tells.
  package var fractionDone: Double? {
    guard !partitions.isEmpty else { return nil }
    if finishedPartitions == partitions.count { return 1 }
    if let rowsLeft, rowsLeft > 0 { return min(Double(counts.read) / Double(counts.read + rowsLeft), 0.999) }
    return finishedPartitions > 0 ? Double(finishedPartitions) / Double(partitions.count) : nil
  }

  /// Rows still to be read by the estimate; `nil` when there is none, or it has been proved too low.
  package var rowsLeft: Int64? {
    guard let estimatedRows else { return nil }
    let left = estimatedRows - counts.read
    return left > 0 || finishedPartitions == partitions.count ? max(0, left) : nil
  }
}

/// How a copy ended.
package struct CopyResult: Sendable {
  package var snapshot: CopySnapshot
  /// What ended the copy before its end; `nil` when it ran through.
  package var error: ClientError?
  package var firstFailures: [FailedRow]
  package var failureReasons: [String: Int64]

  /// Every partition read to its end, every row decided, none failed, and the numbers add up.
  package var isComplete: Bool {
    error == nil && snapshot.counts.failed == 0 && snapshot.counts.pending == 0
      && snapshot.partitions.allSatisfy { $0.state == .done }
  }
}
