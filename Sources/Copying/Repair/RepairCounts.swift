/// What became of the keys of a report. `lookedAt` is the sum of everything up to `failed`.
package struct RepairCounts: Sendable, Equatable {
  /// Findings that were looked at again.
  package var lookedAt: Int64 = 0
  /// Written to the target, and found to agree afterwards.
  package var mended: Int64 = 0
  /// Deleted from the target.
  package var deleted: Int64 = 0
  /// Both sides agree without anything having been done.
  package var same: Int64 = 0
  /// On the target only, and left alone, because deleting was not asked for.
  package var skipped: Int64 = 0
  /// Being written to: never twice the same, or changed again after it was written. Left alone.
  package var changing: Int64 = 0
  /// Not mended, for a reason that is named.
  package var failed: Int64 = 0

  /// Findings that agreed when the report was made. They are not looked at.
  package var settled: Int64 = 0
  /// Of the mended and deleted: without a condition on what the target held.
  package var unconditional: Int64 = 0

  package init() {}

  /// Findings under way.
  package var pending: Int64 { lookedAt - mended - deleted - same - skipped - changing - failed }
  /// Keys that may differ still.
  package var remaining: Int64 { skipped + changing + failed }
}

/// What was decided about one key.
package struct RepairDecision: Sendable, Equatable {
  package enum Outcome: String, Sendable, CaseIterable {
    case mended, deleted, same, skipped, changing, failed
  }

  package var finding: RepairFinding
  package var outcome: Outcome
  /// Why it failed; empty when it did not.
  package var reason = ""
  package var wasUnconditional = false
}
