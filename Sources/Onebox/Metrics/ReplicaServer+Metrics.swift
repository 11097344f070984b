internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

extension ReplicaServer {
  /// The partitions this server holds a replica of, as primary or secondary.
  var replicas: [Partition] {
    cluster.partitions.filter { $0.primary == index || cluster.secondaryNodes(of: $0).contains(index) }
  }

  var metricEntities: [MetricEntity] {
    let held = replicas
    let primaries = held.count { $0.primary == index }
    let memory = ProcessMemory.now
    let server = MetricEntity(
      type: "server", id: "server", attributes: [],
      metrics: [
        .gauge("total_replicas", held.count, unit: "Replicas"), .gauge("opening_replicas", 0, unit: "Replicas"),
        .gauge("closing_replicas", 0, unit: "Replicas"), .gauge("inactive_replicas", 0, unit: "Replicas"),
        .gauge("error_replicas", held.count { $0.failure != nil }, unit: "Replicas"),
        .gauge("primary_replicas", primaries, unit: "Replicas"),
        .gauge("secondary_replicas", held.count - primaries, unit: "Replicas"),
        .gauge("learning_replicas", 0, unit: "Replicas"), .gauge("splitting_replicas", 0, unit: "Replicas"),
        .gauge("resident_mem_usage_mb", memory.residentBytes >> 20, unit: "MegaBytes"),
        .gauge("virtual_mem_usage_mb", memory.virtualBytes >> 20, unit: "MegaBytes"),
        .gauge("rdb_block_cache_mem_usage_bytes", cluster.blockCache.usage),
        .gauge("rdb_wbm_total_mem_usage_bytes", 0), .gauge("rdb_wbm_mutable_mem_usage_bytes", 0),
        .counter("read_failed_requests", 0), .counter("write_failed_requests", 0),
        .counter("read_busy_requests", held.reduce(0) { $0 + $1.counters.rejectedReads }),
        .counter("write_busy_requests", held.reduce(0) { $0 + $1.counters.rejectedWrites }),
      ])
    return [server] + held.map(entity) + [diskEntity]
  }

  private var diskEntity: MetricEntity {
    MetricEntity(
      type: "disk", id: "disk@default",
      attributes: [("tag", "default"), ("data_dir", "\(cluster.directory.path)/replica\(index + 1)")],
      metrics: [
        .gauge("disk_capacity_total_mb", cluster.disk.totalBytes >> 20, unit: "MegaBytes"),
        .gauge("disk_capacity_avail_mb", cluster.disk.freeBytes >> 20, unit: "MegaBytes"),
      ])
  }

  private func entity(_ partition: Partition) -> MetricEntity {
    MetricEntity(
      type: "replica", id: "replica@\(partition.gpid)",
      attributes: [
        ("partition_id", "\(partition.gpid.partitionIndex)"), ("table_id", "\(partition.gpid.appID)"),
      ],
      // Secondaries share the primary's storage, but do none of its work.
      metrics: storageMetrics(partition)
        + (partition.primary == index ? requestMetrics(partition.counters) + transferMetrics(partition.counters) : []))
  }

  private func storageMetrics(_ partition: Partition) -> [Metric] {
    guard let database = partition.store?.database else { return [] }
    func number(_ name: String) -> UInt64 { database.number("rocksdb.\(name)") ?? 0 }
    let files = database.liveFiles.filter { $0.family == "default" }
    let bytes = files.reduce(0) { $0 + $1.size }
    return [
      .gauge("rdb_estimated_keys", number("estimate-num-keys"), unit: "Keys"),
      .gauge("rdb_total_sst_files", files.count, unit: "Files"),
      // Rounded up, so that a small table does not look empty.
      .gauge("rdb_total_sst_size_mb", (bytes + (1 << 20) - 1) >> 20, unit: "MegaBytes"),
      .gauge("rdb_memtable_mem_usage_bytes", number("cur-size-all-mem-tables")),
      .gauge("rdb_index_and_filter_blocks_mem_usage_bytes", number("estimate-table-readers-mem")),
      .gauge("rdb_manual_compact_queued_tasks", partition.compaction.state == .queued ? 1 : 0, unit: "Tasks"),
      .gauge("rdb_manual_compact_running_tasks", partition.compaction.state == .running ? 1 : 0, unit: "Tasks"),
      .gauge("private_log_size_mb", 0, unit: "MegaBytes"),
    ]
  }

  private func requestMetrics(_ counters: PartitionCounters) -> [Metric] {
    [
      .counter("get_requests", counters.get), .counter("multi_get_requests", counters.multiGet),
      .counter("batch_get_requests", counters.batchGet), .counter("scan_requests", counters.scan),
      .counter("put_requests", counters.put), .counter("multi_put_requests", counters.multiPut),
      .counter("remove_requests", counters.remove), .counter("multi_remove_requests", counters.multiRemove),
      .counter("incr_requests", counters.incr), .counter("check_and_set_requests", counters.checkAndSet),
      .counter("check_and_mutate_requests", counters.checkAndMutate), .counter("dup_requests", counters.dup),
      .counter("get_bytes", counters.getBytes, unit: "Bytes"),
      .counter("multi_get_bytes", counters.multiGetBytes, unit: "Bytes"),
      .counter("batch_get_bytes", counters.batchGetBytes, unit: "Bytes"),
      .counter("scan_bytes", counters.scanBytes, unit: "Bytes"),
      .counter("put_bytes", counters.putBytes, unit: "Bytes"),
      .counter("multi_put_bytes", counters.multiPutBytes, unit: "Bytes"),
      .counter("read_capacity_units", counters.readCapacityUnits, unit: "CapacityUnits"),
      .counter("write_capacity_units", counters.writeCapacityUnits, unit: "CapacityUnits"),
      .counter("read_expired_values", counters.readExpiredValues, unit: "Values"),
      .counter("read_filtered_values", counters.readFilteredValues, unit: "Values"),
      .counter("abnormal_read_requests", counters.abnormalReads),
      .counter("committed_requests", counters.commits),
      .counter("write_size_exceed_threshold_requests", counters.oversizedWrites),
      .counter("throttling_delayed_read_requests", counters.delayedReads),
      .counter("throttling_delayed_write_requests", counters.delayedWrites),
      .counter("throttling_rejected_read_requests", counters.rejectedReads),
      .counter("throttling_rejected_write_requests", counters.rejectedWrites),
      .counter("backup_requests", 0), .counter("splitting_rejected_read_requests", 0),
      .counter("splitting_rejected_write_requests", 0),
    ]
  }

  private func transferMetrics(_ counters: PartitionCounters) -> [Metric] {
    [
      .counter("backup_started_count", counters.backupsStarted, unit: "Backups"),
      .counter("backup_failed_count", counters.backupsFailed, unit: "Backups"),
      .counter("backup_cancelled_count", counters.backupsCancelled, unit: "Backups"),
      .counter("backup_successful_count", counters.backupsSuccessful, unit: "Backups"),
      .gauge("backup_running_count", counters.backupsRunning, unit: "Backups"),
      .gauge("backup_max_duration_ms", counters.backupMilliseconds, unit: "MilliSeconds"),
      .counter("backup_file_upload_failed_count", counters.uploadsFailed, unit: "FileUploads"),
      .counter("backup_file_upload_successful_count", counters.uploadsSuccessful, unit: "FileUploads"),
      .counter("backup_file_upload_total_bytes", counters.uploadedBytes, unit: "Bytes"),
      .gauge("backup_file_upload_max_bytes", counters.largestUpload),
      .counter("bulk_load_downloading_count", counters.loadsDownloading, unit: "BulkLoads"),
      .counter("bulk_load_ingesting_count", counters.loadsIngesting, unit: "BulkLoads"),
      .counter("bulk_load_successful_count", counters.loadsSuccessful, unit: "BulkLoads"),
      .counter("bulk_load_failed_count", counters.loadsFailed, unit: "BulkLoads"),
      .counter("bulk_load_download_file_successful_count", counters.downloadsSuccessful, unit: "FileDownloads"),
      .counter("bulk_load_download_file_failed_count", counters.downloadsFailed, unit: "FileDownloads"),
      .counter("bulk_load_download_file_bytes", counters.downloadedBytes, unit: "Bytes"),
      .counter("bulk_load_ingestion_rejected_write_requests", counters.writesRejectedByIngestion),
    ]
  }

  /// Any server answers for itself; the table only picks what is listed.
  func diskInfo(_ request: QueryDiskInfoRequest) -> QueryDiskInfoResponse {
    var held = replicas
    if !request.appName.isEmpty {
      guard let table = cluster.table(named: request.appName) else {
        return QueryDiskInfoResponse(err: .objectNotFound)
      }
      held.removeAll { $0.table !== table }
    }
    cluster.disk.refresh()
    var disk = DiskInfo(
      tag: "default", fullDir: "\(cluster.directory.path)/replica\(index + 1)",
      diskCapacityMb: Int64(clamping: cluster.disk.totalBytes >> 20),
      diskAvailableMb: Int64(clamping: cluster.disk.freeBytes >> 20))
    for partition in held {
      if partition.primary == index {
        disk.holdingPrimaryReplicas[partition.gpid.appID, default: []].insert(partition.gpid)
      } else {
        disk.holdingSecondaryReplicas[partition.gpid.appID, default: []].insert(partition.gpid)
      }
    }
    return QueryDiskInfoResponse(
      err: .ok, totalCapacityMb: disk.diskCapacityMb, totalAvailableMb: disk.diskAvailableMb, diskInfos: [disk])
  }
}
