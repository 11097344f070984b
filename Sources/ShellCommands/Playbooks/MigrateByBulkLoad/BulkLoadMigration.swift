import JSON

/// Everything a migration by a bulk load is built from, as it stands in the journal.
struct BulkLoadMigration: Sendable {
  /// What it has in common with every migration by way of a backup.
  var base: MigrationPlan
  /// Of the new table.
  var partitionCount: Int32
  /// Of the new table.
  var replicaCount: Int32
  /// As the old table: a backup does not need to tell, the new table is created before it.
  var isAtomicIdempotent = false
  /// The application writes to both tables meanwhile, and what it writes wins.
  var isBehind = false
  /// It does so already.
  var dualWritesAreOn = false
  /// A table that is there is loaded.
  var takesExisting = false
  var files: FilePlace
  /// Partitions of a server that are compacted at a time; 0: as many as the server likes.
  var maxCompactions: Int32 = 0
  /// The files are removed at the end.
  var cleans = false

  init(base: MigrationPlan, partitionCount: Int32, replicaCount: Int32, files: FilePlace) {
    self.base = base
    self.partitionCount = partitionCount
    self.replicaCount = replicaCount
    self.files = files
  }

  /// "ClusterA:users (4 partitions) -> ClusterB:users (7)".
  var title: String {
    "\(base.source.title) (\(base.source.partitionCount)) -> \(base.targetTitle) (\(partitionCount))"
  }

  /// The variables of the source that the new table gets; those that make room for the load are its own.
  var carried: CarriedEnvironment {
    CarriedEnvironment(base.environment, excluding: [NewTable.scenarioKey, NewTable.behindKey])
  }

  var json: JSONValue {
    .object([
      "migration": base.json, "partition_count": .int(partitionCount), "replica_count": .int(replicaCount),
      "atomic_idempotent": .bool(isAtomicIdempotent), "ingest_behind": .bool(isBehind),
      "dual_write_is_on": .bool(dualWritesAreOn), "existing": .bool(takesExisting),
      "files": files.json, "max_compactions": .int(maxCompactions), "clean": .bool(cleans),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue) throws(ShellError) {
    let fields = PlanFields(json)
    base = try MigrationPlan(fields["migration"])
    partitionCount = try fields.integer("partition_count")
    replicaCount = try fields.integer("replica_count")
    isAtomicIdempotent = fields.flag("atomic_idempotent")
    isBehind = fields.flag("ingest_behind")
    dualWritesAreOn = fields.flag("dual_write_is_on")
    takesExisting = fields.flag("existing")
    files = try FilePlace(fields["files"])
    maxCompactions = try fields.integer("max_compactions")
    cleans = fields.flag("clean")
  }
}
