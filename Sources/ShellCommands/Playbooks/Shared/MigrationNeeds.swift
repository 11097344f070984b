import PegasusClient

/// What a way of migrating asks of both sides.
struct MigrationNeeds: Sendable, Equatable {
  /// The source's servers must be of this release or a later one.
  var sourceRelease = ServerRelease(2, 3)
  /// How often the table's bytes come to lie on the target's disks for each replica, with room to spare.
  var room = 1.2
  /// A table of the new name is refused.
  var needsFreeName = true

  /// A restore: the download becomes the data.
  static let restore = MigrationNeeds()
}
