import EventLoop
package import PegasusProtocol
package import RPC

/// Where the partitions of one table live, as a meta server told it.
package struct PartitionTable: Sendable {
  /// One partition: its servers and the ballot under which they serve.
  package struct Partition: Sendable {
    package var index: Int32
    package var primary: NodeAddress?
    package var secondaries: [NodeAddress]
    package var ballot: Int64
    package var maxReplicaCount: Int32

    /// Primary and secondaries that are present.
    package var replicaCount: Int { (primary == nil ? 0 : 1) + secondaries.count }
    /// A primary, and as many replicas as the table wants.
    package var isFullyHealthy: Bool { primary != nil && replicaCount >= Int(maxReplicaCount) }
    /// No write is taken: no primary, or fewer than two replicas of a table that wants more than one.
    package var isWriteUnhealthy: Bool { primary == nil || (!isFullyHealthy && replicaCount < 2) }
  }

  package var appID: Int32
  package var partitions: [Partition]

  package var count: Int { partitions.count }

  /// - Throws: `ClientError.Reason.invalid` when the answer is not one a table can have
  package init(_ response: QueryCfgResponse, action: String) throws(ClientError) {
    guard response.appId > 0, response.partitionCount > 0, response.partitionCount <= 1 << 20 else {
      throw ClientError(
        .invalid(
          "the meta server describes a table with id \(response.appId) and \(response.partitionCount) partitions"),
        while: action)
    }
    appID = response.appId
    partitions = (0..<response.partitionCount).map {
      Partition(index: $0, primary: nil, secondaries: [], ballot: -1, maxReplicaCount: 0)
    }
    for config in response.partitions {
      let index = Int(config.pid.partitionIndex)
      guard partitions.indices.contains(index) else { continue }
      partitions[index] = Partition(
        index: config.pid.partitionIndex, primary: config.primaryNode, secondaries: config.secondaryNodes,
        ballot: config.ballot, maxReplicaCount: config.maxReplicaCount)
    }
  }

  /// The partition that holds rows with this hash. While a split has not finished, the child's rows are still in its
  /// parent (Pegasus 2.2–2.6: a child that is not ready has a negative ballot).
  package func index(for hash: UInt64) -> Int32 {
    let index = Int(hash % UInt64(partitions.count))
    if partitions[index].ballot < 0 && index >= partitions.count / 2 && partitions.count > 1 {
      return Int32(index - partitions.count / 2)
    }
    return Int32(index)
  }

  package func gpid(_ index: Int32) -> GPID { GPID(appID: appID, partitionIndex: index) }

  /// The header of a request to a partition of this table.
  ///
  /// - Throws: `ClientError.Reason.invalid`, which a looked-up table cannot bring about
  package func header(_ index: Int32, timeout: Duration, action: @autoclosure () -> String)
    throws(ClientError) -> PartitionHeader
  {
    do throws(HeaderError) {
      return try PartitionHeader(gpid: gpid(index), timeoutMilliseconds: timeout.wholeMilliseconds)
    } catch {
      throw ClientError(.invalid("\(error)"), while: action())
    }
  }
}

extension PartitionConfiguration {
  /// The primary: a 2.6 server names hosts (`hp_primary`), older ones addresses.
  package var primaryNode: NodeAddress? { NodeAddress(preferring: hpPrimary, over: primary) }

  package var secondaryNodes: [NodeAddress] {
    if let named = hpSecondaries, !named.isEmpty { return named.compactMap { NodeAddress($0) } }
    return secondaries.compactMap { NodeAddress($0) }
  }
}

extension NodeAddress {
  /// `nil` for the invalid host_port, which stands for "none".
  package init?(_ hostPort: HostPort) {
    guard hostPort.isValid, !hostPort.host.isEmpty else { return nil }
    self.init(host: hostPort.host, port: hostPort.port)
  }

  /// `nil` for the invalid rpc_address, which stands for "none".
  package init?(_ address: RPCAddress) {
    guard address.isValid else { return nil }
    self.init(host: address.host, port: address.port)
  }

  package init?(preferring named: HostPort?, over address: RPCAddress) {
    if let named, let node = NodeAddress(named) {
      self = node
    } else if let node = NodeAddress(address) {
      self = node
    } else {
      return nil
    }
  }
}
