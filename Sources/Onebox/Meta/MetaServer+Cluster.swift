internal import PegasusProtocol

extension MetaServer {
  func clusterInfo() -> ConfigurationClusterInfoResponse {
    let pairs = clusterFacts
    return ConfigurationClusterInfoResponse(err: .ok, keys: pairs.map(\.0), values: pairs.map(\.1))
  }

  /// What a 2.6 meta server tells of its cluster, in its order. There is no ZooKeeper behind a onebox.
  var clusterFacts: [(String, String)] {
    [
      ("meta_servers", address.text),
      ("primary_meta_server", address.text),
      ("zookeeper_hosts", ""),
      ("zookeeper_root", ""),
      ("meta_function_level", levelName),
      ("balance_operation_count", "{\n  \"copy_pri\": 0,\n  \"copy_sec\": 0,\n  \"move_pri\": 0,\n  \"total\": 0\n}"),
      ("primary_replica_count_stddev", deviation(of: primaryCounts)),
      ("total_replica_count_stddev", deviation(of: replicaCounts)),
      ("cluster_name", cluster.options.clusterName),
    ]
  }

  /// Any number is taken; `fl_invalid` only asks. Not kept: a restarted server is steady again.
  func controlLevel(_ request: ConfigurationMetaControlRequest) -> ConfigurationMetaControlResponse {
    let old = cluster.level
    if request.level.rawValue != 10000 { cluster.level = request.level }
    return ConfigurationMetaControlResponse(err: .ok, oldLevel: old)
  }

  private var levelName: String {
    let name = cluster.level.name
    return name.hasPrefix("fl_") ? String(name.dropFirst(3)) : name
  }

  var primaryCounts: [Int] {
    var counts = [Int](repeating: 0, count: cluster.nodes.count)
    for partition in cluster.partitions { counts[partition.primary] += 1 }
    return counts
  }

  var replicaCounts: [Int] {
    var counts = primaryCounts
    for partition in cluster.partitions {
      for node in cluster.secondaryNodes(of: partition) { counts[node] += 1 }
    }
    return counts
  }

  private func deviation(of counts: [Int]) -> String {
    guard !counts.isEmpty else { return "0.00" }
    let mean = Double(counts.reduce(0, +)) / Double(counts.count)
    let variance = counts.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +) / Double(counts.count)
    return Decimal.text(variance.squareRoot(), places: 2)
  }
}
