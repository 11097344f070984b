package import PegasusClient

/// How far a repair has come: every finding up to and including this line is decided, and none of them failed.
package struct RepairCheckpoint: Sendable, Equatable {
  /// In the report, from 1; 0 before the first one.
  package var line: Int64 = 0
  /// Of exactly those findings.
  package var counts = RepairCounts()
  package var isFinished = false

  package init(line: Int64 = 0, counts: RepairCounts = RepairCounts(), isFinished: Bool = false) {
    self.line = line
    self.counts = counts
    self.isFinished = isFinished
  }
}

/// How a repair stands.
package struct RepairSnapshot: Sendable {
  package var counts: RepairCounts
  package var elapsed: Duration
  /// Why it is ending early; `nil` while it is not.
  package var stopReason: String?
}

/// How a repair ended.
package struct RepairResult: Sendable {
  package var snapshot: RepairSnapshot
  /// What ended it before the end of the report.
  package var error: ClientError?
  package var firstFailures: [FailedRow]
  package var failureReasons: [String: Int64]

  /// The whole report was worked through, and nothing of it differs any more.
  package var isComplete: Bool { error == nil && snapshot.counts.remaining == 0 && snapshot.counts.pending == 0 }
}
