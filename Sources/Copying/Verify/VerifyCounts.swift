/// What became of the keys of both tables. `keys` is the sum of everything below it but `unsettled`.
package struct VerifyCounts: Sendable, Equatable {
  /// Rows of the source that take part.
  package var sourceRows: Int64 = 0
  /// Rows of the target that take part.
  package var targetRows: Int64 = 0
  /// Equal at the first look.
  package var same: Int64 = 0
  /// On the source only.
  package var missing: Int64 = 0
  /// On the target only.
  package var extra: Int64 = 0
  /// On both, with another value or expiry.
  package var different: Int64 = 0
  /// Differed, and agreed at a later look or changed between looks.
  package var changedMeanwhile: Int64 = 0
  /// Differed, and its time was over before the verify ended.
  package var expired: Int64 = 0
  /// Differed, and could not be read again.
  package var unreadable: Int64 = 0
  /// Differed at the only look there was: beyond the limit, or the verify ended early.
  package var unconfirmed: Int64 = 0
  /// Of those that changed meanwhile: still differing at the last look.
  package var unsettled: Int64 = 0

  package init() {}

  /// Distinct keys seen.
  package var keys: Int64 { same + missing + extra + different + changedMeanwhile + expired + unreadable + unconfirmed }
  /// Differences that stayed the same over all looks.
  package var stable: Int64 { missing + extra + different }

  mutating func add(_ finding: VerifyFinding) {
    switch finding.verdict {
    case .missing: missing += 1
    case .extra: extra += 1
    case .different: different += 1
    case .changedMeanwhile:
      changedMeanwhile += 1
      if !finding.agrees { unsettled += 1 }
    case .expired: expired += 1
    case .unreadable: unreadable += 1
    case .unconfirmed: unconfirmed += 1
    }
  }
}
