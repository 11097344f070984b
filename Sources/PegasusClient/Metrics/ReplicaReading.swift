import EventLoop
package import PegasusProtocol
package import RPC

/// What one server tells of its replicas at one moment.
package struct ReplicaReading: Sendable, Equatable {
  /// By replica, then by the names of Pegasus 2.6, whatever the server calls them. What it does not tell is missing.
  package var replicas: [GPID: [String: Double]]
  /// The server's clock. `nil` up to 2.5: what counts requests tells them by the second there, and what counts values
  /// those since the servers last collected them. Later both are totals.
  package var nanoseconds: Int64?

  package init(replicas: [GPID: [String: Double]], nanoseconds: Int64?) {
    self.replicas = replicas
    self.nanoseconds = nanoseconds
  }

  init(_ metrics: ServerMetrics) {
    self.init(replicas: [:], nanoseconds: metrics.nanoseconds)
    for entity in metrics.entities {
      guard let gpid = GPID(String(entity.id.drop { $0 != "@" }.dropFirst())) else { continue }
      for metric in entity.metrics { replicas[gpid, default: [:]][metric.name] = metric.value }
    }
  }
}

extension ClusterClient {
  /// Asks one server for some numbers of its replicas: a page of metrics (2.6), or perf counters (2.0–2.5).
  ///
  /// - Parameters:
  ///   - names: as of 2.6
  ///   - tableID: only of this table; `nil` for all of them
  /// - Throws: `ClientError` when it does not answer, or tells neither
  package func replicaReading(
    _ names: [String], of node: NodeAddress, tableID: Int32? = nil, timeout: Duration? = nil
  ) async throws(ClientError) -> ReplicaReading {
    let limit = timeout ?? options.serverTimeout
    let action = "ask \(node) for its metrics"
    let attributes = tableID.map { "&attributes=table_id,\($0)" } ?? ""
    let path =
      "/metrics?with_metric_fields=name,value&types=replica\(attributes)&metrics=\(names.joined(separator: ","))"
    var empty: ReplicaReading?
    var failure = ""
    do {
      let reply = try await HTTPGet.fetch(node, path: path, timeout: limit)
      let metrics = reply.status == 200 ? try? ServerMetrics(json: reply.body) : nil
      if let metrics, !metrics.entities.isEmpty { return ReplicaReading(metrics) }
      empty = metrics.map { ReplicaReading($0) }
      failure = "its answer is no page of metrics (status \(reply.status))"
    } catch {
      failure = "\(error)"
    }
    if Task.isCancelled { throw ClientError(.cancelled, while: action) }
    // A page of 2.5 has nothing on it.
    let text = try await remoteCommand("perf-counters-by-substr", [tableID.map { "@\($0)." } ?? "@"], at: node)
    if let counters = PerfCounters.reading(of: text), empty == nil || !counters.replicas.isEmpty { return counters }
    guard let empty else { throw ClientError(.invalid("\(node) does not tell its metrics: \(failure)"), while: action) }
    return empty
  }
}
