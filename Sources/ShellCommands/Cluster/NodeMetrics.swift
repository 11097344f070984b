import Terminal
import EventLoop
import PegasusClient
import RPC

/// The columns of `nodes -u` and `nodes -q`, from a server's metrics.
struct NodeMetrics: Sendable {
  static let usageNames = [
    "memused_res_mb", "block_cache_mb", "wbm_total_mb", "wbm_mutable_mb", "mem_tbl_mb", "mem_idx_mb",
    "disk_avl_total_ratio", "disk_avl_min_ratio",
  ]
  static let rateNames = [
    "get_qps", "mget_qps", "bget_qps", "read_cu", "put_qps", "mput_qps", "write_cu", "get_p99(ms)", "mget_p99(ms)",
    "bget_p99(ms)", "put_p99(ms)", "mput_p99(ms)",
  ]

  private static let usageMetrics = [
    "resident_mem_usage_mb", "rdb_block_cache_mem_usage_bytes", "rdb_wbm_total_mem_usage_bytes",
    "rdb_wbm_mutable_mem_usage_bytes", "rdb_memtable_mem_usage_bytes", "rdb_index_and_filter_blocks_mem_usage_bytes",
    "disk_capacity_total_mb", "disk_capacity_avail_mb",
  ]
  private static let counters = [
    "get_requests", "multi_get_requests", "batch_get_requests", "read_capacity_units", "put_requests",
    "multi_put_requests", "write_capacity_units",
  ]
  private static let tasks = [
    "RPC_RRDB_RRDB_GET", "RPC_RRDB_RRDB_MULTI_GET", "RPC_RRDB_RRDB_BATCH_GET", "RPC_RRDB_RRDB_PUT",
    "RPC_RRDB_RRDB_MULTI_PUT",
  ]

  private var usage: [Double]?
  private var rates: [Double]?
  /// Why there are none.
  var failure: String?

  var usageCells: [Cell] {
    usage?.map { .number($0.rounded(.down), decimals: 0) } ?? Self.usageNames.map { _ in .missing }
  }
  var rateCells: [Cell] { rates?.map { .number($0, decimals: 2) } ?? Self.rateNames.map { _ in .missing } }

  /// Asks one server; a failure is part of the result.
  ///
  /// - Throws: `CancellationError` only
  @LoopActor
  static func collect(
    from node: NodeAddress, usage wantsUsage: Bool, rates wantsRates: Bool, pause: Duration, limit: Duration
  ) async throws -> NodeMetrics {
    var metrics = NodeMetrics()
    do {
      if wantsUsage {
        metrics.usage = usageValues(
          try await snapshot(node, types: "server,replica,disk", metrics: usageMetrics, fields: "name,value", limit))
      }
      if wantsRates {
        let first = try await snapshot(node, types: "replica", metrics: counters, fields: "name,value", limit)
        try await loopSleep(pause)
        let second = try await snapshot(node, types: "replica", metrics: counters, fields: "name,value", limit)
        let latency = try await snapshot(
          node, types: "profiler", metrics: ["profiler_server_rpc_latency_ns"], fields: "name,p99", limit)
        metrics.rates = rateValues(first, second, latency)
      }
    } catch let failure as Failure {
      try Task.checkCancellation()
      metrics.failure = "query metrics from node \(node) failed, msg=\(failure)"
    }
    return metrics
  }

  @LoopActor
  private static func snapshot(
    _ node: NodeAddress, types: String, metrics: [String], fields: String, _ limit: Duration
  ) async throws(Failure) -> ServerMetrics {
    let path = "/metrics?with_metric_fields=\(fields)&types=\(types)&metrics=\(metrics.joined(separator: ","))"
    let reply: HTTPReply
    do {
      reply = try await HTTPGet.fetch(node, path: path, timeout: limit)
    } catch {
      throw Failure(description: "\(error)")
    }
    guard reply.status == 200 else {
      let text = String(decoding: reply.body.prefix(200), as: UTF8.self)
      throw Failure(description: "http_status=\(reply.status), msg=\(text)")
    }
    do {
      return try ServerMetrics(json: reply.body)
    } catch {
      throw Failure(description: "its answer is not what a 2.6 server sends")
    }
  }

  private struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private static func usageValues(_ snapshot: ServerMetrics) -> [Double] {
    let megabyte = 1048576.0
    let disks = snapshot.entities.filter { $0.type == "disk" }
    let ratios = disks.map { disk in
      let total = disk.value("disk_capacity_total_mb") ?? 0
      return total > 0 ? (disk.value("disk_capacity_avail_mb") ?? 0) * 100 / total : 0
    }
    let total = snapshot.sum("disk_capacity_total_mb", type: "disk")
    let available = snapshot.sum("disk_capacity_avail_mb", type: "disk")
    return [
      snapshot.sum("resident_mem_usage_mb", type: "server"),
      snapshot.sum("rdb_block_cache_mem_usage_bytes", type: "server") / megabyte,
      snapshot.sum("rdb_wbm_total_mem_usage_bytes", type: "server") / megabyte,
      snapshot.sum("rdb_wbm_mutable_mem_usage_bytes", type: "server") / megabyte,
      snapshot.sum("rdb_memtable_mem_usage_bytes", type: "replica") / megabyte,
      snapshot.sum("rdb_index_and_filter_blocks_mem_usage_bytes", type: "replica") / megabyte,
      total > 0 ? available * 100 / total : 0, ratios.min() ?? 0,
    ]
  }

  private static func rateValues(
    _ first: ServerMetrics, _ second: ServerMetrics, _ latency: ServerMetrics
  ) -> [Double] {
    let seconds = Double(second.nanoseconds - first.nanoseconds) / 1e9
    // A replica that moved away meanwhile would make its counters fall.
    let perSecond = counters.map { name in
      seconds > 0 ? max(0, second.sum(name, type: "replica") - first.sum(name, type: "replica")) / seconds : 0
    }
    let milliseconds = tasks.map { latency.p99("profiler_server_rpc_latency_ns", id: "task@\($0)") / 1e6 }
    return perSecond + milliseconds
  }
}

extension ServerMetrics {
  /// The sum of a metric over the entities of a type.
  fileprivate func sum(_ metric: String, type: String) -> Double {
    entities.lazy.filter { $0.type == type }.reduce(0) { $0 + ($1.value(metric) ?? 0) }
  }

  /// A percentile of one entity.
  fileprivate func p99(_ metric: String, id: String) -> Double {
    entities.first { $0.id == id }?.metrics.first { $0.name == metric }?.p99 ?? 0
  }
}
