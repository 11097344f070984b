import EventLoop
import PegasusProtocol
import RPC

/// Gauges of a table's partitions, each as its primary tells it (Pegasus 2.6; earlier servers have no such pages).
struct PrimaryMetrics: Sendable {
  /// By partition, then by the gauge's name. A partition whose primary did not tell is missing.
  var values: [Int32: [String: Double]] = [:]
  /// Of the servers that could not be asked.
  var failures: [ClientError] = []

  /// Asks every primary at once.
  @LoopActor
  static func read(
    _ names: [String], of table: Table, limit: Duration, action: String
  ) async throws(ClientError) -> PrimaryMetrics {
    let known = try await table.partitions()
    let path =
      "/metrics?with_metric_fields=name,value&types=replica&attributes=table_id,\(known.appID)"
      + "&metrics=\(names.joined(separator: ","))"
    let reports = await withTaskGroup(of: (NodeAddress, Result<ServerMetrics, ClientError>).self) { group in
      for node in Set(known.partitions.compactMap(\.primary)) {
        group.addTask { (node, await report(of: node, path: path, limit: limit, action: action)) }
      }
      var reports: [(NodeAddress, Result<ServerMetrics, ClientError>)] = []
      for await report in group { reports.append(report) }
      return reports
    }
    var result = PrimaryMetrics()
    for (node, report) in reports {
      switch report {
      case .failure(let error): result.failures.append(error)
      case .success(let metrics): result.add(metrics, from: node, known: known)
      }
    }
    return result
  }

  private mutating func add(_ metrics: ServerMetrics, from node: NodeAddress, known: PartitionTable) {
    for entity in metrics.entities {
      guard let gpid = GPID(String(entity.id.drop { $0 != "@" }.dropFirst())), gpid.appID == known.appID,
        known.partitions.indices.contains(Int(gpid.partitionIndex)),
        known.partitions[Int(gpid.partitionIndex)].primary == node
      else { continue }
      for metric in entity.metrics { values[gpid.partitionIndex, default: [:]][metric.name] = metric.value }
    }
  }

  @LoopActor
  private static func report(
    of node: NodeAddress, path: String, limit: Duration, action: String
  ) async -> Result<ServerMetrics, ClientError> {
    do {
      return .success(try ServerMetrics(json: try await HTTPGet.fetch(node, path: path, timeout: limit).body))
    } catch let error as RPCError {
      return .failure(ClientError(.transport(error), while: action))
    } catch {
      return .failure(ClientError(.invalid("\(node) does not tell its metrics: \(error)"), while: action))
    }
  }
}
