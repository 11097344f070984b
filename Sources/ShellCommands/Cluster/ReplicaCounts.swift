import PegasusProtocol
import EventLoop
import PegasusClient
import RPC

/// How many replicas a server holds.
struct ReplicaCounts: Sendable {
  var primaries = 0
  var secondaries = 0

  /// Of all available tables, by server.
  @LoopActor
  static func collect(in cluster: ClusterClient) async throws -> [NodeAddress: ReplicaCounts] {
    let names = try await cluster.listTables().map(\.appName)
    let tables = try await mapConcurrently(names) { try await cluster.table($0).router.refresh() }
    return tables.reduce(into: [:]) { counts, table in add(table, to: &counts) }
  }

  static func add(_ table: PartitionTable, to counts: inout [NodeAddress: ReplicaCounts]) {
    for partition in table.partitions {
      if let primary = partition.primary { counts[primary, default: ReplicaCounts()].primaries += 1 }
      for secondary in partition.secondaries { counts[secondary, default: ReplicaCounts()].secondaries += 1 }
    }
  }
}
