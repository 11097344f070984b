internal import StorageEngine

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
  var usageScenario = UsageScenario.normal
  /// Bytes; nil = the onebox's own.
  var writeBufferSize: Int?
  /// What is done to rows while files are rewritten.
  var compactionRules: CompactionRules?
  var compactionTrigger: Int64 = 0
  var compactionRequest = CompactionRequest()
  /// Seconds since midnight, rising: when everything is compacted each day.
  var periodicTriggers: [Int64] = []
  var periodicRequest = CompactionRequest()
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
    usageScenario = environment["rocksdb.usage_scenario"].flatMap { UsageScenario(rawValue: $0) } ?? .normal
    writeBufferSize = environment["rocksdb.write_buffer_size"].flatMap { Int($0) }
    compactionRules = environment["user_specified_compaction"].flatMap { CompactionRules(environment: $0) }
    compactionTrigger = environment["manual_compact.once.trigger_time"].flatMap { Int64($0) } ?? 0
    compactionRequest = CompactionRequest(environment, "once")
    periodicTriggers = Self.timesOfDay(environment["manual_compact.periodic.trigger_time"] ?? "")
    periodicRequest = CompactionRequest(environment, "periodic")
    compactionDisabled = environment["manual_compact.disabled"] == "true"
    maxConcurrentCompactions =
      environment["manual_compact.max_concurrent_running_count"].flatMap { Int32($0) } ?? 0
  }

  /// The latest time of today that has come since `last`, in unix seconds; nil when none has.
  func periodicTriggerPassed(since last: Int64) -> Int64? {
    guard !periodicTriggers.isEmpty else { return nil }
    let now = WallClock.unixSeconds
    let midnight = WallClock.localTime(now).midnight
    return periodicTriggers.map { midnight + $0 }.last { $0 > last && $0 <= now }
  }

  /// `hh:mm`, several between commas; what is none is passed over.
  private static func timesOfDay(_ text: String) -> [Int64] {
    text.split(separator: ",").compactMap { item in
      let parts = item.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
      guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0..<24).contains(hour),
        (0..<60).contains(minute)
      else { return nil }
      return hour * 3600 + minute * 60
    }.sorted()
  }

  private static func flag(_ text: String?) -> Bool { text?.lowercased() == "true" }
  private static func throttling(_ text: String?) -> ThrottlingRule? { text.flatMap { try? ThrottlingRule($0) } }
}
