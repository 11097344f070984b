package import PegasusProtocol
package import RPC

/// The cluster as a whole: what it says of itself, and its servers.
extension ClusterClient {
  /// The cluster's own description, in the server's order.
  ///
  /// - Throws: `ClientError`
  package func clusterInfo(timeout: Duration? = nil) async throws(ClientError) -> [(key: String, value: String)] {
    let reply = try await meta.call(
      ClusterInfo.self, ConfigurationClusterInfoRequest(), timeout: timeout, action: phrase("read the description"))
    return zip(reply.keys, reply.values).map { (key: $0, value: $1) }
  }

  /// One replica server as the meta server sees it.
  package struct Node: Sendable, Equatable {
    package var address: NodeAddress
    package var status: NodeStatus
  }

  /// - Parameter status: only nodes in this state; `.invalid` for all
  /// - Throws: `ClientError`
  package func listNodes(status: NodeStatus = .invalid, timeout: Duration? = nil) async throws(ClientError) -> [Node] {
    let reply = try await meta.call(
      ListNodes.self, ConfigurationListNodesRequest(status: status), timeout: timeout,
      action: phrase("list the replica servers"))
    return reply.infos.compactMap { info in
      NodeAddress(preferring: info.hpNode, over: info.node).map { Node(address: $0, status: info.status) }
    }
  }

  /// The level at which the meta server acts on its own.
  ///
  /// - Parameter level: what to set it to; `.invalid` only reads it
  /// - Returns: the level before the call
  /// - Throws: `ClientError`
  package func controlMeta(_ level: MetaFunctionLevel = .invalid) async throws(ClientError) -> MetaFunctionLevel {
    try await meta.call(
      ControlMeta.self, ConfigurationMetaControlRequest(level: level), action: phrase("control the meta level")
    ).oldLevel
  }
}
