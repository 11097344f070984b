package import EventLoop
package import RPC

/// A client of one Pegasus cluster: its meta service, its tables, and its servers by name.
@LoopActor
package final class ClusterClient {
  package let name: String
  package let meta: MetaClient
  package let pool: ConnectionPool
  package let options: ClientOptions
  private var tables: [String: Table] = [:]

  package init(
    name: String, metaServers: [NodeAddress], options: ClientOptions = ClientOptions(),
    pool: ConnectionPool = ConnectionPool()
  ) {
    self.name = name
    self.options = options
    self.pool = pool
    meta = MetaClient(cluster: name, addresses: metaServers, pool: pool, options: options)
  }

  /// The table of this name. Whether it exists is seen when it is first used.
  package func table(_ name: String) -> Table {
    if let known = tables[name] { return known }
    let table = Table(cluster: self, name: name)
    tables[name] = table
    return table
  }

  /// Forgets cached routing, as after a table was dropped, renamed or recalled.
  package func forget(table name: String) { tables[name] = nil }

  /// Closes every connection; calls under way fail.
  package func close() { pool.close() }

  /// "list the tables of cluster 'A'".
  func phrase(_ what: String) -> String { "\(what) of cluster '\(name)'" }
}
