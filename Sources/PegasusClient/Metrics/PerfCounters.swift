import JSON
import PegasusProtocol

/// The perf counters of Pegasus 2.0–2.5, as far as later releases have the same under other names.
enum PerfCounters {
  /// Counters of a replica: `replica*app.pegasus*get_qps@<table id>.<partition>`.
  private static let metrics = [
    "get_qps": "get_requests", "multi_get_qps": "multi_get_requests", "batch_get_qps": "batch_get_requests",
    "scan_qps": "scan_requests", "put_qps": "put_requests", "multi_put_qps": "multi_put_requests",
    "remove_qps": "remove_requests", "multi_remove_qps": "multi_remove_requests", "incr_qps": "incr_requests",
    "check_and_set_qps": "check_and_set_requests", "check_and_mutate_qps": "check_and_mutate_requests",
    "duplicate_qps": "dup_requests", "recent.read.cu": "read_capacity_units",
    "recent.write.cu": "write_capacity_units", "recent.expire.count": "read_expired_values",
    "recent.filter.count": "read_filtered_values", "recent.abnormal.count": "abnormal_read_requests",
    "recent.write.throttling.delay.count": "throttling_delayed_write_requests",
    "recent.write.throttling.reject.count": "throttling_rejected_write_requests",
    "disk.storage.sst(MB)": "rdb_total_sst_size_mb", "disk.storage.sst.count": "rdb_total_sst_files",
    "rdb.estimate_num_keys": "rdb_estimated_keys", "rdb.memtable.memory_usage": "rdb_memtable_mem_usage_bytes",
    "rdb.index_and_filter_blocks.memory_usage": "rdb_index_and_filter_blocks_mem_usage_bytes",
    "rdb.block_cache.hit_count": "rdb_block_cache_hit_count",
    "rdb.block_cache.total_count": "rdb_block_cache_total_count",
    "rdb.bf_seek_negatives": "rdb_bloom_filter_seek_negatives", "rdb.bf_seek_total": "rdb_bloom_filter_seek_total",
    "rdb.bf_point_negatives": "rdb_bloom_filter_point_lookup_negatives",
    "rdb.bf_point_positive_total": "rdb_bloom_filter_point_lookup_positives",
    "rdb.bf_point_positive_true": "rdb_bloom_filter_point_lookup_true_positives",
  ]

  /// Reads the answer to a `perf-counters` command; nil when it is none.
  static func reading(of text: String) -> ReplicaReading? {
    guard let json = try? JSONParser.parse(text.utf8), let counters = json["counters"] else { return nil }
    var reading = ReplicaReading(replicas: [:], nanoseconds: nil)
    for counter in counters.elements {
      // Of a table as a whole, or of the server, there is no partition behind the @.
      guard let name = counter["name"]?.text, let at = name.lastIndex(of: "@"),
        let gpid = GPID(String(name[name.index(after: at)...])),
        let metric = metrics[String(name[..<at].split(separator: "*").last ?? "")],
        let value = counter["value"]?.double ?? counter["value"]?.text.flatMap({ Double($0) }), value.isFinite
      else { continue }
      reading.replicas[gpid, default: [:]][metric] = value
    }
    return reading
  }
}
