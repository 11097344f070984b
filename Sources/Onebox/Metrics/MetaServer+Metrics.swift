internal import EventLoop
internal import PegasusProtocol

extension MetaServer {
  var metricEntities: [MetricEntity] {
    let memory = ProcessMemory.now
    let server = MetricEntity(
      type: "server", id: "server", attributes: [],
      metrics: [
        .gauge("alive_replica_servers", cluster.nodes.count, unit: "Servers"),
        .gauge("unalive_replica_servers", 0, unit: "Servers"),
        .gauge("resident_mem_usage_mb", memory.residentBytes >> 20, unit: "MegaBytes"),
        .gauge("virtual_mem_usage_mb", memory.virtualBytes >> 20, unit: "MegaBytes"),
      ])
    var entities = [server]
    for table in cluster.availableTables {
      let unwritable = table.partitions.count { $0.failure != nil }
      entities.append(
        MetricEntity(
          type: "table", id: "table@\(table.record.id)", attributes: [("table_id", "\(table.record.id)")],
          metrics: [
            .gauge("healthy_partitions", table.partitions.count - unwritable, unit: "Partitions"),
            .gauge("dead_partitions", 0, unit: "Partitions"),
            .gauge("unreadable_partitions", table.partitions.count { $0.store == nil }, unit: "Partitions"),
            .gauge("unwritable_partitions", unwritable, unit: "Partitions"),
            .gauge("writable_ill_partitions", 0, unit: "Partitions"),
          ]))
      entities += table.partitions.map { partition in
        MetricEntity(
          type: "partition", id: "partition@\(partition.gpid)",
          attributes: [
            ("partition_id", "\(partition.gpid.partitionIndex)"), ("table_id", "\(partition.gpid.appID)"),
          ],
          metrics: [
            .counter("partition_configuration_changes", 0, unit: "Changes"),
            .counter("unwritable_partition_changes", 0, unit: "Changes"),
            .counter("writable_partition_changes", 0, unit: "Changes"),
            .gauge("greedy_recent_balance_operations", 0, unit: "Operations"),
          ])
      }
    }
    entities += backups.policiesInOrder.map { policy in
      MetricEntity(
        type: "backup_policy", id: "backup_policy@\(policy.record.name)",
        attributes: [("policy_name", policy.record.name)],
        metrics: [.gauge("backup_recent_duration_ms", policy.latestDuration, unit: "MilliSeconds")])
    }
    return entities
  }
}
