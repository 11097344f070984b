import PegasusClient

/// What a way of migrating asks of both sides.
struct MigrationNeeds: Sendable, Equatable {
  /// The source's servers must be of this release or a later one.
  var sourceRelease = ServerRelease(2, 3)
  /// And those of the target.
  var targetRelease = ServerRelease(2, 0)
  /// How often the table's bytes come to lie on the target's disks for each replica, with room to spare.
  var room = 1.2
  /// A table of the new name is refused.
  var needsFreeName = true
  /// Of the new table; nil: as the old one.
  var replicaCount: Int32?
  /// The application writes to both tables meanwhile.
  var followsWrites = false

  /// A restore: the download becomes the data.
  static let restore = MigrationNeeds()

  /// A bulk load: every replica downloads the files and keeps them until they are taken in, and is compacted afterwards.
  static func bulkLoad(_ plan: BulkLoadMigration) -> MigrationNeeds {
    MigrationNeeds(
      targetRelease: plan.isBehind ? ServerRelease(2, 4) : ServerRelease(2, 1), room: 2.4, needsFreeName: false,
      replicaCount: plan.replicaCount, followsWrites: plan.isBehind)
  }
}
