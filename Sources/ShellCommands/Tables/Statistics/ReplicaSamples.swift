import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// What some servers told of their replicas, each in one sample or two.
struct ReplicaSamples: Sendable {
  private struct Sample: Sendable {
    var first: ReplicaReading?
    var second: ReplicaReading
  }

  private var samples: [NodeAddress: Sample] = [:]
  /// Of the servers that could not be asked.
  private(set) var failures: [(node: NodeAddress, reason: String)] = []

  /// Asks all of them at once; who does not answer is among the failures.
  ///
  /// - Parameters:
  ///   - names: metrics, as of 2.6
  ///   - pause: between two samples; nil for one alone. Servers that tell rates are asked once
  /// - Throws: `CancellationError` only
  @LoopActor
  static func take(
    _ names: [String], of nodes: [NodeAddress], tableID: Int32?, pause: Duration?, limit: Duration,
    _ cluster: ClusterClient
  ) async throws -> ReplicaSamples {
    let results = try await mapConcurrently(nodes, limit: 64) { node -> (NodeAddress, Result<Sample, ClientError>) in
      do {
        let first = try await cluster.replicaReading(names, of: node, tableID: tableID, timeout: limit)
        guard let pause, first.nanoseconds != nil else { return (node, .success(Sample(second: first))) }
        try await loopSleep(pause)
        let second = try await cluster.replicaReading(names, of: node, tableID: tableID, timeout: limit)
        return (node, .success(Sample(first: first, second: second)))
      } catch let error as ClientError {
        try Task.checkCancellation()
        return (node, .failure(error))
      }
    }
    var all = ReplicaSamples()
    for (node, result) in results {
      switch result {
      case .success(let sample): all.samples[node] = sample
      case .failure(let error): all.failures.append((node, error.cause))
      }
    }
    return all
  }

  /// The numbers of a replica as this server tells them; nil when it does not know it.
  func figures(of gpid: GPID, at node: NodeAddress?) -> ReplicaFigures? {
    guard let node, let sample = samples[node], sample.second.replicas[gpid] != nil else { return nil }
    return ReplicaFigures(gpid, first: sample.first, second: sample.second)
  }
}
