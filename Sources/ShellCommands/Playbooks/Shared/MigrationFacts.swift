import Copying

/// Everything that was found out before a migration: what the judge judges.
struct MigrationFacts: Sendable, Equatable {
  /// The table.
  var source: PreflightSide
  /// The place for the new one: `exists` says that a table of that name is there already.
  var target: PreflightSide
  /// Both names lead to one cluster.
  var isOneCluster: Bool
  /// The storage as this shell reaches it; nil: it does not.
  var storage: String?
  /// Why this shell cannot read it; nil: it can, or does not reach it at all.
  var storageProblem: String?
}
