/// What the shell knows about table environment variables.
package enum TableEnvironment {
  /// The keys that meta servers of 2.6 accept, in alphabetical order.
  package static let knownKeys = [
    "business.info", "default_ttl", "manual_compact.disabled", "manual_compact.max_concurrent_running_count",
    "manual_compact.once.bottommost_level_compaction", "manual_compact.once.target_level",
    "manual_compact.once.trigger_time", "manual_compact.periodic.bottommost_level_compaction",
    "manual_compact.periodic.target_level", "manual_compact.periodic.trigger_time",
    "replica.backup_request_throttling", "replica.deny_client_request", "replica.read_throttling",
    "replica.read_throttling_by_size", "replica.rocksdb_block_cache_enabled",
    "replica.rocksdb_iteration_threshold_time_ms", "replica.slow_query_threshold",
    "replica.split.validate_partition_hash", "replica.write_throttling", "replica.write_throttling_by_size",
    "replica_access_controller.allowed_users", "replica_access_controller.ranger_policies",
    "rocksdb.allow_ingest_behind", "rocksdb.checkpoint.reserve_min_count",
    "rocksdb.checkpoint.reserve_time_seconds", "rocksdb.num_levels", "rocksdb.usage_scenario",
    "rocksdb.write_buffer_size", "user_specified_compaction",
  ]

  /// What an operator should know before setting a key to a value; nil when there is nothing to say.
  package static func warning(key: String, value: String) -> String? {
    switch key {
    case "replica.deny_client_request":
      value.hasPrefix("timeout") ? "clients of the table will wait for answers that never come" : nil
    case "rocksdb.allow_ingest_behind": "it takes effect when a replica is opened the next time"
    case "rocksdb.num_levels": "it takes effect in tables that are created with it only"
    default:
      knownKeys.contains(key)
        ? nil : "'\(key)' is not an env the shell knows; servers before 2.5 take any name without a word"
    }
  }
}
