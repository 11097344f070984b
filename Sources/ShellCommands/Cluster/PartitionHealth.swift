import PegasusClient

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
