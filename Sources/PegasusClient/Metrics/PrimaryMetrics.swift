import EventLoop
import PegasusProtocol
import RPC

/// Gauges of a table's partitions, each as its primary tells it.
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
    let cluster = table.cluster
    let readings = await withTaskGroup(of: (NodeAddress, Result<ReplicaReading, ClientError>).self) { group in
      for node in Set(known.partitions.compactMap(\.primary)) {
        group.addTask { (node, await reading(names, of: node, known.appID, cluster, limit: limit, action: action)) }
      }
      var readings: [(NodeAddress, Result<ReplicaReading, ClientError>)] = []
      for await reading in group { readings.append(reading) }
      return readings
    }
    var result = PrimaryMetrics()
    for (node, reading) in readings {
      switch reading {
      case .failure(let error): result.failures.append(error)
      case .success(let reading):
        for partition in known.partitions where partition.primary == node {
          let gpid = GPID(appID: known.appID, partitionIndex: partition.index)
          if let values = reading.replicas[gpid] { result.values[partition.index] = values }
        }
      }
    }
    return result
  }

  @LoopActor
  private static func reading(
    _ names: [String], of node: NodeAddress, _ tableID: Int32, _ cluster: ClusterClient, limit: Duration, action: String
  ) async -> Result<ReplicaReading, ClientError> {
    do throws(ClientError) {
      return .success(try await cluster.replicaReading(names, of: node, tableID: tableID, timeout: limit))
    } catch {
      return .failure(ClientError(error.reason, while: action))
    }
  }
}
