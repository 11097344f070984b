package import EventLoop

/// One client, and thus one connection, per server.
@LoopActor
package final class ConnectionPool {
  private let options: RPCClient.Options
  private var clients: [NodeAddress: RPCClient] = [:]

  nonisolated package init(options: RPCClient.Options = RPCClient.Options()) {
    self.options = options
  }

  /// The client for a node; the connection is made at its first call.
  package func client(for node: NodeAddress) -> RPCClient {
    if let client = clients[node] { return client }
    let client = RPCClient(node: node, options: options)
    clients[node] = client
    return client
  }

  /// The nodes there are clients for, sorted.
  package var nodes: [NodeAddress] { clients.keys.sorted() }

  /// Closes every connection; outstanding calls fail.
  package func close() {
    let old = clients
    clients = [:]
    for client in old.values { client.close() }
  }
}
