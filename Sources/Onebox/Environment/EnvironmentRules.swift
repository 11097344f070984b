/// Which table environments exist and which values they take, with the texts a 2.6 server answers.
enum EnvironmentRules {
  private enum Rule {
    case anything
    case boolean
    case integer32(String, @Sendable (Int32) -> Bool)
    case integer64(String, @Sendable (Int64) -> Bool)
    case oneOf([String])
    case throttling
    case throttlingOrRate
    case deny
  }

  private static let atLeastZero = ">= 0"
  private static let level = "-1 or >= 1"

  private static let rules: [String: Rule] = [
    "default_ttl": .integer32(atLeastZero) { $0 >= 0 },
    "rocksdb.usage_scenario": .oneOf(["bulk_load", "normal", "prefer_write"]),
    "rocksdb.checkpoint.reserve_min_count": .integer32("> 0") { $0 > 0 },
    "rocksdb.checkpoint.reserve_time_seconds": .integer32(atLeastZero) { $0 >= 0 },
    "rocksdb.write_buffer_size": .integer64("In range [16777216, 536870912]") { (16_777_216...536_870_912) ~= $0 },
    "rocksdb.num_levels": .integer64("In range [1, 10]") { (1...10) ~= $0 },
    "rocksdb.allow_ingest_behind": .boolean,
    "replica.deny_client_request": .deny,
    "replica.slow_query_threshold": .integer64(">= 20") { $0 >= 20 },
    "replica.rocksdb_iteration_threshold_time_ms": .integer64(atLeastZero) { $0 >= 0 },
    "replica.rocksdb_block_cache_enabled": .boolean,
    "replica.split.validate_partition_hash": .boolean,
    "replica.write_throttling": .throttling,
    "replica.write_throttling_by_size": .throttling,
    "replica.read_throttling": .throttling,
    "replica.read_throttling_by_size": .throttlingOrRate,
    "replica.backup_request_throttling": .throttling,
    "user_specified_compaction": .anything,
    "business.info": .anything,
    "manual_compact.disabled": .boolean,
    "manual_compact.max_concurrent_running_count": .integer32(atLeastZero) { $0 >= 0 },
    "manual_compact.once.trigger_time":
      .integer64("> 0, timestamp (in seconds) to trigger the once manual compaction") { $0 >= 0 },
    "manual_compact.once.target_level": .integer32(level) { $0 == -1 || $0 >= 1 },
    "manual_compact.once.bottommost_level_compaction": .oneOf(["force", "skip"]),
    "manual_compact.periodic.trigger_time": .anything,
    "manual_compact.periodic.target_level": .integer32(level) { $0 == -1 || $0 >= 1 },
    "manual_compact.periodic.bottommost_level_compaction": .oneOf(["force", "skip"]),
    "replica_access_controller.allowed_users": .anything,
    "replica_access_controller.ranger_policies": .anything,
    "duplication.master_cluster": .anything,
    "duplication.master_metas": .anything,
    "duplication.master_app_name": .anything,
    "duplication.follower_app_status": .anything,
  ]

  /// The keys that may be set, in order.
  static var keys: [String] { rules.keys.sorted() }

  /// Nil when the pair may be set, otherwise the reason.
  static func complaint(_ key: String, _ value: String) -> String? {
    guard let rule = rules[key] else { return "app_env '\(key)' is not supported" }
    switch rule {
    case .anything: return nil
    case .boolean:
      return ["true", "false"].contains(value.lowercased()) ? nil : "invalid value '\(value)', should be a boolean"
    case .integer32(let limit, let accepts):
      guard let number = Int32(value) else { return "invalid value '\(value)', should be an 32 bits integer" }
      return accepts(number) ? nil : "invalid value '\(value)', should be '\(limit)'"
    case .integer64(let limit, let accepts):
      guard let number = Int64(value) else { return "invalid value '\(value)', should be an 64 bits integer" }
      return accepts(number) ? nil : "invalid value '\(value)', should be '\(limit)'"
    case .oneOf(let values): return values.contains(value) ? nil : values.joined(separator: " | ")
    case .throttling: return complaint { () throws(ThrottlingRule.Invalid) in try ThrottlingRule(value) }
    case .throttlingOrRate: return complaint { () throws(ThrottlingRule.Invalid) in try ReadRate.parse(value) }
    case .deny:
      return DenyRule(value) == nil
        ? "Invalid deny client args, valid include: timeout*all, timeout*write, timeout*read; "
          + "reconfig*all, reconfig*write, reconfig*read"
        : nil
    }
  }

  private static func complaint<Value>(_ parse: () throws(ThrottlingRule.Invalid) -> Value) -> String? {
    do throws(ThrottlingRule.Invalid) {
      _ = try parse()
      return nil
    } catch {
      return error.description
    }
  }

  /// A table is created with any environment except bad values of these.
  static func acceptsAtCreation(_ environment: [String: String]) -> Bool {
    ["rocksdb.num_levels", "rocksdb.write_buffer_size"].allSatisfy { key in
      environment[key].map { complaint(key, $0) == nil } ?? true
    }
  }
}

/// `replica.deny_client_request`: which requests are refused, and how.
struct DenyRule: Equatable, Sendable {
  var reads: Bool
  var writes: Bool
  /// True: answered ERR_INVALID_STATE so that clients ask meta again. False: never answered.
  var reconfigures: Bool

  init?(_ text: String) {
    let parts = text.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count == 2, ["timeout", "reconfig"].contains(parts[0]), ["all", "read", "write"].contains(parts[1])
    else { return nil }
    self.reconfigures = parts[0] == "reconfig"
    self.reads = parts[1] != "write"
    self.writes = parts[1] != "read"
  }
}
