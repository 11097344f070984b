/// How a repair decides, and how fast it may be.
package struct RepairOptions: Sendable {
  /// As in the verify that found the differences.
  package var expiry = ExpiryRule()
  /// Rows that only the target has are deleted; otherwise they are left alone.
  package var deletesExtra = false
  /// Mended rows never expire.
  package var dropsExpiry = false
  /// Nothing is written; what would be is counted as if it had been.
  package var isDryRun = false
  /// Writes do not depend on what the target holds at that moment. For tables whose servers refuse conditional writes.
  package var isUnconditional = false
  /// How often a row that keeps changing is looked at.
  package var rounds = 6
  /// The pause before each further look.
  package var delay: Duration = .seconds(1)
  /// Rows worked on at once.
  package var maxConcurrentRows = 32
  /// Findings that are read at once; the position moves by so many.
  package var batchSize = 512
  /// Rows looked at in a second; `nil` for no limit.
  package var maxRowsPerSecond: Double?
  /// The time limit of one attempt.
  package var timeout: Duration = .seconds(5)
  /// A row that could not be read or written for this long has failed.
  package var giveUpAfter: Duration = .seconds(60)

  package init() {}
}
