/// The table that a migration loads: what it shall be, and what it has been found or made to be.
struct NewTable: Sendable {
  /// Carries, while a table is being created, the mark by which the job knows it for its own.
  static let markKey = "business.info"
  static let scenarioKey = "rocksdb.usage_scenario"
  static let behindKey = "rocksdb.allow_ingest_behind"
  static let ttlKey = "default_ttl"

  var name: String
  var partitionCount: Int32
  var replicaCount: Int32
  /// Writes that read first are logged as what they came to (2.6).
  var isAtomicIdempotent: Bool
  /// What it shall have in the end.
  var environment: [String: String]
  /// What is loaded goes under the rows that the application writes meanwhile.
  var isBehind: Bool
  /// A table that is there is taken.
  var takesExisting: Bool
  /// What its storage is tuned for in the end.
  var finalScenario: String

  /// - Parameter plan: of the migration it is made for
  init(_ plan: BulkLoadMigration) {
    name = plan.base.table
    partitionCount = plan.partitionCount
    replicaCount = plan.replicaCount
    isAtomicIdempotent = plan.isAtomicIdempotent
    environment = Dictionary(
      plan.carried.pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    isBehind = plan.isBehind
    takesExisting = plan.takesExisting
    // One that was left at bulk_load would never compact.
    let old = plan.base.environment[Self.scenarioKey] ?? "normal"
    finalScenario = old == "bulk_load" ? "normal" : old
  }

  /// What it is created with: nothing that throttles the load, begins compactions, or changes rows while they are rewritten.
  var environmentAtCreation: [String: String] {
    var envs = environment.filter { !Self.comesLater($0.key) }
    envs[Self.ttlKey] = nil
    // From the first write on.
    envs[Self.scenarioKey] = "bulk_load"
    if isBehind { envs[Self.behindKey] = "true" }
    return envs
  }

  /// Rows that the application writes meanwhile need it at once; rows that are loaded must not get it from a compaction
  /// that the source's rows never had.
  var ttlAtCreation: String? { isBehind ? environment[Self.ttlKey] : nil }

  private static func comesLater(_ key: String) -> Bool {
    key.hasPrefix("manual_compact.") || key.hasSuffix("_throttling") || key.hasSuffix("_throttling_by_size")
      || key == "user_specified_compaction" || key == scenarioKey || key == markKey
  }
}
