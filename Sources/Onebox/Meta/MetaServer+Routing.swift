internal import PegasusProtocol

extension MetaServer {
  /// Missing and dropped tables are "object not found"; indices out of range are left out.
  func queryConfiguration(_ request: QueryCfgRequest) -> QueryCfgResponse {
    guard let table = cluster.table(named: request.appName) else {
      return QueryCfgResponse(err: .objectNotFound)
    }
    let all = 0..<table.record.partitionCount
    let wanted = request.partitionIndices.isEmpty ? Array(all) : request.partitionIndices.filter(all.contains)
    return QueryCfgResponse(
      err: .ok, appId: table.record.id, partitionCount: table.record.partitionCount, isStateful: true,
      partitions: wanted.map { configuration(of: table, index: $0) })
  }

  private func configuration(of table: Table, index: Int32) -> PartitionConfiguration {
    var configuration = PartitionConfiguration(
      pid: GPID(appID: table.record.id, partitionIndex: index), maxReplicaCount: table.record.replicaCount)
    let sendsHostPorts = cluster.options.sendsHostPorts
    if sendsHostPorts {
      configuration.hpSecondaries = []
      configuration.hpLastDrops = []
    }
    // While a table is being opened its partitions have no primary.
    guard table.partitions.indices.contains(Int(index)) else { return configuration }
    let partition = table.partitions[Int(index)]
    let secondaries = cluster.secondaryNodes(of: partition).map { cluster.nodes[$0] }
    configuration.ballot = 3
    configuration.primary = cluster.nodes[partition.primary].address
    configuration.secondaries = secondaries.map(\.address)
    if sendsHostPorts {
      configuration.hpPrimary = cluster.nodes[partition.primary].hostPort
      configuration.hpSecondaries = secondaries.map(\.hostPort)
    }
    return configuration
  }

  /// A pattern counts only together with its kind; other kinds than these five are not served.
  func listTables(_ request: ConfigurationListAppsRequest) -> ConfigurationListAppsResponse {
    var tables = cluster.tablesInOrder
    if request.status != .invalid { tables.removeAll { $0.record.status.rawValue != request.status.rawValue } }
    if let pattern = request.appNamePattern, let kind = request.matchType {
      guard let matches = matcher(kind, pattern) else {
        let name = kind.rawValue == 6 ? "regex" : "invalid"
        return ConfigurationListAppsResponse(
          err: .notImplemented, infos: [],
          hintMessage: "match_type is not supported: val=\(kind.rawValue), str=\(name)")
      }
      tables.removeAll { !matches($0.record.name) }
    }
    return ConfigurationListAppsResponse(err: .ok, infos: tables.map(\.info))
  }

  private func matcher(_ kind: PatternMatchType, _ pattern: String) -> ((String) -> Bool)? {
    switch kind.rawValue {
    case 1: { _ in true }
    case 2: { $0 == pattern }
    case 3: { pattern.isEmpty || $0.contains(pattern) }
    case 4: { $0.hasPrefix(pattern) }
    case 5: { $0.hasSuffix(pattern) }
    default: nil
    }
  }

  func listNodes(_ request: ConfigurationListNodesRequest) -> ConfigurationListNodesResponse {
    guard request.status == .invalid || request.status == .alive else { return ConfigurationListNodesResponse() }
    return ConfigurationListNodesResponse(
      err: .ok,
      infos: cluster.nodes.map {
        NodeInfo(status: .alive, node: $0.address, hpNode: cluster.options.sendsHostPorts ? $0.hostPort : nil)
      })
  }
}
