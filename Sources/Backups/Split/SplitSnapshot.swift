package import BackupLayout

/// How an offline split stands, at one moment. Counts include what earlier runs did.
package struct SplitSnapshot: Sendable, Equatable {
  package enum Stage: String, Sendable { case waiting, fetching, planning, splitting, finishing, done }

  /// A partition of the backup while it is fetched, or a unit of the plan while it is split.
  package struct Part: Sendable, Equatable {
    package enum State: String, Sendable { case waiting, running, done }

    package var number: Int32
    package var state: State
    /// Bytes fetched, or rows read.
    package var done: Int64
  }

  package var stage: Stage
  /// Of this run.
  package var elapsed: Duration
  package var fetchedBytes: Int64
  /// Bytes of the backup.
  package var sourceBytes: Int64
  package var counts: SplitCounts
  /// Nil until there is a plan.
  package var estimatedRows: Int64?
  /// Of the stage it is in.
  package var parts: [Part]
  package var files: Int
  /// Bytes of the finished files.
  package var fileBytes: Int64

  /// What is done of the stage, from 0 to 1; nil where nothing tells.
  package var fractionDone: Double? {
    switch stage {
    case .fetching: sourceBytes > 0 ? min(1, Double(fetchedBytes) / Double(sourceBytes)) : nil
    case .splitting:
      estimatedRows.flatMap { $0 > 0 ? min(0.999, Double(counts.read) / Double(max($0, counts.read))) : nil }
    case .done: 1
    default: nil
    }
  }
}

/// What an offline split has made.
package struct SplitResult: Sendable, Equatable {
  package var counts: SplitCounts
  package var tree: BulkLoadTree
  /// Rows by partition of the target, in order.
  package var rowsByPartition: [Int64]
  package var files: Int
  package var fileBytes: Int64
  /// Partitions without a row: each has a file with a marker row, because servers refuse one without data.
  package var emptyPartitions: [Int32]
  /// Some keys of rows that no server could serve, in hexadecimal.
  package var malformedKeys: [String]
  /// Whole sentences.
  package var warnings: [String]

  /// Every row that a server could serve is in the files.
  package var isComplete: Bool { counts.isBalanced && counts.malformed == 0 }
}
