/// A table's environment as the replicas act on it. Values that make no sense count as absent.
struct TableSettings: Equatable, Sendable {
  /// Seconds; 0 = none.
  var defaultTTL: UInt32 = 0
  var deny: DenyRule?
  var writeThrottling: ThrottlingRule?
  var writeThrottlingBySize: ThrottlingRule?
  var readThrottling: ThrottlingRule?
  var backupThrottling: ThrottlingRule?
  var readBytesPerSecond: Int64?
  /// Range reads stop after so many milliseconds; 0 = never.
  var iterationMilliseconds: Int64 = 30_000
  var validatesPartitionHash = false
  var allowsIngestBehind = false
  var usageScenario = "normal"
  var compactionTrigger: Int64 = 0
  var compactionTargetLevel: Int32 = -1
  var compactsBottommost = false
  var compactionDisabled = false
  var maxConcurrentCompactions: Int32 = 0

  init(_ environment: [String: String] = [:]) {
    defaultTTL = environment["default_ttl"].flatMap { Int32($0) }.map { UInt32(max($0, 0)) } ?? 0
    deny = environment["replica.deny_client_request"].flatMap { DenyRule($0) }
    if Self.flag(environment["replica.deny_client_write"]) { deny = DenyRule("reconfig*write") }
    writeThrottling = Self.throttling(environment["replica.write_throttling"])
    writeThrottlingBySize = Self.throttling(environment["replica.write_throttling_by_size"])
    readThrottling = Self.throttling(environment["replica.read_throttling"])
    backupThrottling = Self.throttling(environment["replica.backup_request_throttling"])
    readBytesPerSecond = environment["replica.read_throttling_by_size"].flatMap { try? ReadRate.parse($0) }
    iterationMilliseconds =
      environment["replica.rocksdb_iteration_threshold_time_ms"].flatMap { Int64($0) }.map { max($0, 0) } ?? 30_000
    validatesPartitionHash = Self.flag(environment["replica.split.validate_partition_hash"])
    allowsIngestBehind = Self.flag(environment["rocksdb.allow_ingest_behind"])
    usageScenario = environment["rocksdb.usage_scenario"] ?? "normal"
    compactionTrigger = environment["manual_compact.once.trigger_time"].flatMap { Int64($0) } ?? 0
    compactionTargetLevel = environment["manual_compact.once.target_level"].flatMap { Int32($0) } ?? -1
    compactsBottommost = environment["manual_compact.once.bottommost_level_compaction"] == "force"
    compactionDisabled = environment["manual_compact.disabled"] == "true"
    maxConcurrentCompactions =
      environment["manual_compact.max_concurrent_running_count"].flatMap { Int32($0) } ?? 0
  }

  private static func flag(_ text: String?) -> Bool { text?.lowercased() == "true" }
  private static func throttling(_ text: String?) -> ThrottlingRule? { text.flatMap { try? ThrottlingRule($0) } }
}
