internal import CRocksDB

/// How a database is opened. The defaults suit one partition of a table: uncompressed upper levels, LZ4 below,
/// a bloom filter per key, both column families flushed together.
package struct DatabaseOptions: Sendable {
  /// Block compression from level 2 down; levels 0 and 1 are never compressed.
  package enum Compression: Sendable {
    case none, lz4, zstd, snappy

    /// RocksDB's number.
    var code: Int32 {
      switch self {
      case .none: 0
      case .snappy: 1
      case .lz4: 4
      case .zstd: 7
      }
    }
  }

  package var createIfMissing = true
  /// Opens without changing anything in the directory; every write then fails.
  package var readOnly = false
  package var errorIfExists = false
  package var compression: Compression = .lz4
  /// Bytes of one memtable before it is flushed.
  package var writeBufferSize = 64 << 20
  package var writeBufferCount = 3
  package var levels: Int32 = 6
  package var targetFileSize: UInt64 = 64 << 20
  package var maxBytesForLevelBase: UInt64 = 640 << 20
  package var levelZeroCompactionTrigger: Int32 = 4
  /// Files kept open; −1 = no limit.
  package var maxOpenFiles: Int32 = -1
  package var maxBackgroundJobs: Int32 = 2
  /// A cache that several databases may share; nil = RocksDB's own 8 MiB.
  package var blockCache: BlockCache?
  /// Drops expired rows of the default family while files are rewritten.
  package var expiryFilter: ExpiryFilter?
  /// Keeps the deepest level free for files ingested behind existing data.
  package var allowIngestBehind = false
  package var disableAutoCompactions = false
  /// Fills the deepest level first, as RocksDB does by itself since 8.4 (Pegasus 2.6): what is compacted early lies there.
  package var dynamicLevels = false
  /// Flushes all column families at once, so that write-ahead logs are released together.
  package var atomicFlush = true
  /// Keeps the indexes of files in the block cache, where they can be dropped again, rather than in memory of their own.
  package var cachesIndexes = false
  /// A bloom filter in every file.
  package var writesFilters = true
  /// Bytes of a file of `SSTWriter` that are collected in memory before they are written.
  package var fileBuffer = 1 << 20
  /// Files in a form that every release of Pegasus reads, RocksDB 6.6 (Pegasus 2.0–2.5) included: format 2 with xxHash64
  /// checksums, which RocksDB has known since 5.18, and which cost far less than CRC-32C.
  package var writesPortableFiles = false

  package init() {}
}

/// A cache of file blocks in memory, shared by the databases that are opened with it.
///
/// `@unchecked Sendable`: RocksDB's LRU cache is internally locked, and the pointer never changes.
package final class BlockCache: @unchecked Sendable {
  let handle: OpaquePointer?

  package init(capacity: Int) { self.handle = rocksdb_cache_create_lru(max(capacity, 0)) }

  /// Bytes held now.
  package var usage: Int { rocksdb_cache_get_usage(handle) }

  deinit { rocksdb_cache_destroy(handle) }
}

/// The options of one database or column family, in RocksDB's form.
struct OptionsHandle: ~Copyable {
  let raw: OpaquePointer?

  /// `data` is false for families that hold a few settings: small buffers, no compression, no expiry filter.
  init(_ options: DatabaseOptions, data: Bool) {
    let raw = rocksdb_options_create()
    self.raw = raw
    rocksdb_options_set_create_if_missing(raw, options.createIfMissing ? 1 : 0)
    rocksdb_options_set_create_missing_column_families(raw, options.createIfMissing ? 1 : 0)
    rocksdb_options_set_error_if_exists(raw, options.errorIfExists ? 1 : 0)
    rocksdb_options_set_write_buffer_size(raw, max(options.writeBufferSize, 64 << 10))
    rocksdb_options_set_max_write_buffer_number(raw, Int32(clamping: max(options.writeBufferCount, 2)))
    rocksdb_options_set_max_open_files(raw, options.maxOpenFiles)
    rocksdb_options_set_max_background_jobs(raw, options.maxBackgroundJobs)
    rocksdb_options_set_atomic_flush(raw, options.atomicFlush ? 1 : 0)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(raw, options.dynamicLevels ? 1 : 0)
    rocksdb_options_set_allow_ingest_behind(raw, options.allowIngestBehind ? 1 : 0)
    rocksdb_options_set_disable_auto_compactions(raw, options.disableAutoCompactions ? 1 : 0)
    // One thread writes at a time: the lock-free insert of concurrent writers only costs.
    rocksdb_options_set_allow_concurrent_memtable_write(raw, 0)
    rocksdb_options_set_enable_write_thread_adaptive_yield(raw, 0)
    rocksdb_options_set_level0_file_num_compaction_trigger(raw, options.levelZeroCompactionTrigger)
    rocksdb_options_set_level0_slowdown_writes_trigger(raw, 30)
    rocksdb_options_set_level0_stop_writes_trigger(raw, 60)
    rocksdb_options_set_soft_pending_compaction_bytes_limit(raw, 64 << 30)
    rocksdb_options_set_hard_pending_compaction_bytes_limit(raw, 256 << 30)
    rocksdb_options_set_bytes_per_sync(raw, 1 << 20)
    rocksdb_options_set_stats_dump_period_sec(raw, 0)
    rocksdb_options_set_stats_persist_period_sec(raw, 0)
    // Without it the estimate of keys would be 0 after every start, until files are written anew.
    rocksdb_options_set_skip_stats_update_on_db_open(raw, 0)
    rocksdb_options_set_info_log_level(raw, 2)
    rocksdb_options_set_max_log_file_size(raw, 8 << 20)
    rocksdb_options_set_keep_log_file_num(raw, 2)
    rocksdb_options_set_manifest_preallocation_size(raw, 64 << 10)
    let levels = min(max(options.levels, 1), 10)
    rocksdb_options_set_num_levels(raw, levels)
    rocksdb_options_set_target_file_size_base(raw, options.targetFileSize)
    rocksdb_options_set_max_bytes_for_level_base(raw, options.maxBytesForLevelBase)
    var perLevel = Self.compressions(data ? options.compression : .none, levels: Int(levels))
    rocksdb_options_set_compression_per_level(raw, &perLevel, perLevel.count)
    let table = rocksdb_block_based_options_create()
    if options.writesFilters {
      // Takes ownership of the policy.
      rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
    }
    if options.writesPortableFiles {
      rocksdb_block_based_options_set_checksum(table, 3)
      rocksdb_block_based_options_set_format_version(table, 2)
    }
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, options.cachesIndexes ? 1 : 0)
    if let cache = options.blockCache { rocksdb_block_based_options_set_block_cache(table, cache.handle) }
    rocksdb_options_set_block_based_table_factory(raw, table)
    rocksdb_block_based_options_destroy(table)
    if data, let filter = options.expiryFilter {
      // The database keeps the factory alive; the factory keeps the filter alive.
      rocksdb_options_set_compaction_filter_factory(raw, filter.makeFactory())
    }
  }

  private static func compressions(_ compression: DatabaseOptions.Compression, levels: Int) -> [Int32] {
    (0..<levels).map { $0 < 2 ? 0 : compression.code }
  }

  deinit { rocksdb_options_destroy(raw) }
}
