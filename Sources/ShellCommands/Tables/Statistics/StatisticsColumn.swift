import Terminal

/// A column of `app_stat`: which numbers of the replicas stand in it, and how.
struct StatisticsColumn: Sendable {
  enum Kind: Sendable {
    /// A counter, by the second.
    case rate(String)
    /// A counter, by how much it has grown between the samples.
    case increase(String)
    /// What the second sample says, divided by a number.
    case gauge(String, Double)
    /// A whole number.
    case count(String)
    /// Sums of gauges: how much the first ones, less the second, are of the third.
    case share([String], less: [String], of: [String], lessOf: [String])
  }

  var name: String
  var kind: Kind

  static let requests: [StatisticsColumn] = [
    StatisticsColumn("GET", .rate("get_requests")), StatisticsColumn("MGET", .rate("multi_get_requests")),
    StatisticsColumn("BGET", .rate("batch_get_requests")), StatisticsColumn("PUT", .rate("put_requests")),
    StatisticsColumn("MPUT", .rate("multi_put_requests")), StatisticsColumn("DEL", .rate("remove_requests")),
    StatisticsColumn("MDEL", .rate("multi_remove_requests")), StatisticsColumn("INCR", .rate("incr_requests")),
    StatisticsColumn("CAS", .rate("check_and_set_requests")),
    StatisticsColumn("CAM", .rate("check_and_mutate_requests")), StatisticsColumn("SCAN", .rate("scan_requests")),
    StatisticsColumn("RCU", .increase("read_capacity_units")),
    StatisticsColumn("WCU", .increase("write_capacity_units")),
    StatisticsColumn("expire", .increase("read_expired_values")),
    StatisticsColumn("filter", .increase("read_filtered_values")),
    StatisticsColumn("abnormal", .increase("abnormal_read_requests")),
    StatisticsColumn("delay", .increase("throttling_delayed_write_requests")),
    StatisticsColumn("reject", .increase("throttling_rejected_write_requests")),
  ]
  static let storage: [StatisticsColumn] = [
    StatisticsColumn("file_mb", .gauge("rdb_total_sst_size_mb", 1)),
    StatisticsColumn("file_num", .count("rdb_total_sst_files")),
    StatisticsColumn("mem_tbl_mb", .gauge("rdb_memtable_mem_usage_bytes", 1_048_576)),
    StatisticsColumn("mem_idx_mb", .gauge("rdb_index_and_filter_blocks_mem_usage_bytes", 1_048_576)),
  ]
  static let shares: [StatisticsColumn] = [
    StatisticsColumn("hit_rate", .share(["rdb_block_cache_hit_count"], of: ["rdb_block_cache_total_count"])),
    StatisticsColumn(
      "seek_n_rate", .share(["rdb_bloom_filter_seek_negatives"], of: ["rdb_bloom_filter_seek_total"])),
    StatisticsColumn("point_n_rate", .share([negatives], of: [negatives, positives])),
    StatisticsColumn(
      "point_fp_rate", .share([positives], less: [truePositives], of: [positives, negatives], lessOf: [truePositives])),
  ]

  private static let negatives = "rdb_bloom_filter_point_lookup_negatives"
  private static let positives = "rdb_bloom_filter_point_lookup_positives"
  private static let truePositives = "rdb_bloom_filter_point_lookup_true_positives"

  init(_ name: String, _ kind: Kind) {
    self.name = name
    self.kind = kind
  }

  /// What it is worked out from.
  var metrics: [String] {
    switch kind {
    case .rate(let name), .increase(let name), .gauge(let name, _), .count(let name): [name]
    case .share(let part, let less, let whole, let lessOf): part + less + whole + lessOf
    }
  }

  /// `-` where the servers do not tell it, or nothing was measured yet.
  func cell(_ figures: ReplicaFigures) -> Cell {
    switch kind {
    case .rate(let name): Self.cell(figures.rates[name])
    case .increase(let name): Self.cell(figures.increases[name])
    case .gauge(let name, let unit): Self.cell(figures.gauges[name].map { $0 / unit })
    case .count(let name):
      figures.gauges[name].map { .integer(Int64(max(0, min($0, 1e15)).rounded())) } ?? .missing
    case .share(let part, let less, let whole, let lessOf):
      if let part = figures.sum(part, less: less), let whole = figures.sum(whole, less: lessOf), whole > 0 {
        Self.cell(part / whole)
      } else {
        .missing
      }
    }
  }

  private static func cell(_ value: Double?) -> Cell {
    // Nothing is 0.00, as it always was; what is little shows a third digit.
    value.map { .number($0, decimals: abs($0) < 1e-6 ? 2 : 3) } ?? .missing
  }
}

extension StatisticsColumn.Kind {
  static func share(_ part: [String], of whole: [String]) -> Self { .share(part, less: [], of: whole, lessOf: []) }
}
