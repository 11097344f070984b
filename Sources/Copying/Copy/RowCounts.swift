/// What became of every row that was read from the source. The counts always add up.
package struct RowCounts: Sendable, Equatable {
  /// Rows taken from the source's replies.
  package var read: Int64 = 0
  /// Rows whose write the target acknowledged.
  package var copied: Int64 = 0
  /// Rows that the filters decided here left out. Those left out by the source's servers never arrive.
  package var filtered: Int64 = 0
  /// Rows whose time was over, by this machine's clock, when they were written. The target hides them.
  package var expired: Int64 = 0
  /// Rows that the target had already, and that were not to be overwritten.
  package var existing: Int64 = 0
  /// Rows that are not known to be on the target: refused, or without an answer.
  package var failed: Int64 = 0

  package init() {}

  /// Rows that are read and not decided yet: on their way, or waiting for another attempt.
  package var pending: Int64 { read - copied - filtered - expired - existing - failed }

  package static func += (left: inout RowCounts, right: RowCounts) {
    left.read += right.read
    left.copied += right.copied
    left.filtered += right.filtered
    left.expired += right.expired
    left.existing += right.existing
    left.failed += right.failed
  }
}
