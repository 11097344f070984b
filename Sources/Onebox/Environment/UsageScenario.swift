internal import StorageEngine

/// `rocksdb.usage_scenario`: how a partition's storage is tuned, while it is open.
enum UsageScenario: String, Sendable {
  case normal
  case preferWrite = "prefer_write"
  case bulkLoad = "bulk_load"

  /// The engine's options for it, beside those that `options` opened it with; values as on a 2.6 server, for this
  /// engine's sizes.
  func options(for options: DatabaseOptions) -> [(name: String, value: String)] {
    let trigger = Int(options.levelZeroCompactionTrigger)
    let never = 1_000_000_000
    let isLoading = self == .bulkLoad
    let levelZero: (compact: Int, slow: Int, stop: Int) =
      switch self {
      case .normal: (trigger, 30, 60)
      case .preferWrite: (trigger * 3, trigger * 3 + 10, trigger * 3 + 40)
      case .bulkLoad: (never, never, never)
      }
    return [
      ("disable_auto_compactions", "\(isLoading)"), ("level0_file_num_compaction_trigger", "\(levelZero.compact)"),
      ("level0_slowdown_writes_trigger", "\(levelZero.slow)"), ("level0_stop_writes_trigger", "\(levelZero.stop)"),
      ("soft_pending_compaction_bytes_limit", isLoading ? "0" : "\(64 << 30)"),
      ("hard_pending_compaction_bytes_limit", isLoading ? "0" : "\(256 << 30)"),
      ("max_compaction_bytes", isLoading ? "\(1 << 60)" : "\(Int(options.targetFileSize) * 25)"),
      ("write_buffer_size", "\(writeBufferSize(options))"),
      ("max_write_buffer_number", "\(isLoading ? max(options.writeBufferCount, 6) : options.writeBufferCount)"),
    ]
  }

  /// Bytes that are collected in memory before a file is written.
  func writeBufferSize(_ options: DatabaseOptions) -> Int { options.writeBufferSize * (self == .bulkLoad ? 4 : 1) }
}
