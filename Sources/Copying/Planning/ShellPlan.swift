/// The part of a shared copy that one shell does.
package struct ShellPlan: Sendable, Equatable {
  /// From 1.
  package var number: Int
  /// In order.
  package var partitions: [Int32]
  /// Rows in them; an estimate.
  package var rows: Int64
  /// Of their keys and values; an estimate.
  package var bytes: Int64
  /// The limit to set, so that all shells end together and no server gives more than it may.
  package var bytesPerSecond: Double
  /// What the limit comes to with rows of the mean size.
  package var rowsPerSecond: Double
  /// Until its end at that rate.
  package var seconds: Double
  /// Rows in memory at most: on their way, and read ahead.
  package var windowBytes: Int64
  /// The journal of its job: the database, and the log in front of it.
  package var journalBytes: Int64
  /// Rows that are written a second time, with the same contents, after it was killed: those of the second since the last
  /// checkpoint, and those on their way.
  package var rowsAgainAfterDeath: Int64
}
