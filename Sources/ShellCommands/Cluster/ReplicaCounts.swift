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

/// How many partitions of a table are healthy, by the rule that Pegasus' tools share.
struct PartitionHealth: Sendable, Equatable {
  var total = 0
  var fullyHealthy = 0
  var writeUnhealthy = 0
  var readUnhealthy = 0

  var unhealthy: Int { total - fullyHealthy }

  init(_ table: PartitionTable) {
    total = table.count
    for partition in table.partitions {
      if partition.isFullyHealthy { fullyHealthy += 1 }
      if partition.isWriteUnhealthy { writeUnhealthy += 1 }
      if partition.primary == nil { readUnhealthy += 1 }
    }
  }
}
