/// The settings that servers have, with the values of 2.6.
extension RemoteSettings {
  private static func flag(_ command: String, _ help: String) -> Setting {
    Setting(commands: [command], kind: .boolean, initial: "false", help: help, arguments: "[true|false]")
  }

  private static func count(_ command: String, _ initial: Int, _ help: String) -> Setting {
    Setting(
      commands: [command], kind: .unsigned, initial: "\(initial)", help: help, arguments: "[num | DEFAULT]")
  }

  /// One that only the configuration and `updateConfig` know.
  private static func configuration(
    _ section: String, _ name: String, _ type: String, _ initial: String, isMutable: Bool = false, _ help: String
  ) -> Setting {
    let kind: Kind = type == "FV_BOOL" ? .boolean : type == "FV_STRING" ? .text : .unsigned
    return Setting(
      commands: [], flag: Flag(name: name, section: section, type: type, isMutable: isMutable), kind: kind,
      initial: initial, help: help, arguments: "")
  }

  private static func nfs(_ direction: String, _ kind: Kind, _ help: String) -> Setting {
    let name = "max_\(direction)_rate_megabytes"
    return Setting(
      // Servers up to 2.3 know them by the shorter name.
      commands: ["nfs.\(name)_per_disk", "nfs.\(name)"],
      flag: Flag(name: "\(name)_per_disk", section: "nfs", type: "FV_UINT32", isMutable: true), kind: kind,
      initial: "0", help: help, arguments: "[num | DEFAULT]")
  }

  private static let reserve = configuration(
    "replication", "cold_backup_checkpoint_reserve_minutes", "FV_INT32", "10",
    "reserve minutes of cold backup checkpoint")

  /// What a meta server has.
  static func meta(_ options: OneboxOptions) -> [Setting] {
    [
      Setting(
        commands: ["meta.live_percentage"], kind: .percentage, initial: "65",
        help: "node live percentage threshold for update", arguments: "[num | DEFAULT]"),
      count("meta.lb.assign_delay_ms", 300_000, "control the replica_assign_delay_ms_for_dropouts config"),
      count(
        "meta.lb.add_secondary_max_count_for_one_node", 10, "control the max count to add secondary for one node"),
      flag("meta.lb.add_secondary_enable_flow_control", "control whether enable add secondary flow control"),
      flag("meta.lb.balancer_in_turn", "control whether do app balancer in turn"),
      flag("meta.lb.only_primary_balancer", "control whether do only primary balancer"),
      flag("meta.lb.only_move_primary", "control whether only move primary in balancer"),
      configuration(
        "meta_server", "cold_backup_disabled", "FV_BOOL", "\(options.disablesColdBackup)",
        "whether to disable cold backup"),
      reserve,
      configuration(
        "meta_server", enableConcurrentBulkLoad, "FV_BOOL", "false", isMutable: true,
        "whether to enable different tables to execute bulk load concurrently"),
      configuration(
        "meta_server", bulkLoadMaxRollbacks, "FV_INT32", "10", isMutable: true,
        "the maximum rollback times of one bulk load"),
      configuration(
        "meta_server", bulkLoadVerifies, "FV_BOOL", "false", isMutable: true,
        "whether to verify the files before they are ingested"),
      configuration(
        "meta_server", bulkLoadNodeMaxIngesting, "FV_UINT32", "4", isMutable: true,
        "the maximum of partitions that one node ingests at a time"),
      configuration(
        "meta_server", "bulk_load_node_min_disk_count", "FV_UINT32", "1", isMutable: true,
        "the minimum of disks that a node is assumed to have"),
    ]
  }

  static let enableConcurrentBulkLoad = "enable_concurrent_bulk_load"
  static let bulkLoadMaxRollbacks = "bulk_load_max_rollback_times"
  static let bulkLoadVerifies = "bulk_load_verify_before_ingest"
  static let bulkLoadNodeMaxIngesting = "bulk_load_node_max_ingesting_count"
  static let bulkLoadDownloads = "replica.max-concurrent-bulk-load-downloading-count"
  static let storageWriteLimit = "hdfs_write_limit_rate_mb_per_sec"
  static let storageReadLimit = "hdfs_read_limit_rate_mb_per_sec"

  /// What a replica server has.
  static func replica(_ options: OneboxOptions) -> [Setting] {
    [
      nfs(
        "copy", .copyRate,
        "The maximum bandwidth (MB/s) of writing data per local disk when copying from remote node, 0 means no limit"),
      nfs(
        "send", .unsigned,
        "The maximum bandwidth (MB/s) of reading data per local disk when transferring data to remote node, "
          + "0 means no limit"),
      flag("replica.deny-client", "control if deny client read & write request"),
      flag("replica.disable-empty-write", "whether to disable empty writes"),
      count("replica.load-replica-max-wait-time-ms", 10, "The max waiting time for replica loading to complete."),
      Setting(
        commands: [bulkLoadDownloads],
        flag: Flag(
          name: "max_concurrent_bulk_load_downloading_count", section: "replication", type: "FV_INT32",
          isMutable: true),
        kind: .unsigned, initial: "5", help: "The maximum concurrent bulk load downloading replica count.",
        arguments: "[num | DEFAULT]"),
      count(
        "replica.max-replicas-on-load-for-each-disk", 256,
        "The max number of replicas that are allowed to be loaded simultaneously for each disk dir."),
      flag("replica.verbose-client-log", "control if print verbose error log when reply read & write request"),
      flag("replica.verbose-commit-log", "control if print verbose log when commit mutation"),
      reserve,
      configuration(
        "replication", "cold_backup_root", "FV_STRING", options.backupRoot,
        "The prefix of cold backup data path on remote storage"),
      configuration(
        "replication", "max_concurrent_uploading_file_count", "FV_INT32", "10", "concurrent uploading file count"),
      configuration(
        "replication", storageWriteLimit, "FV_UINT64", "\(options.storageWriteLimit ?? 200)", isMutable: true,
        "The maximum rate of writing to the storage service, in MB/s"),
      configuration(
        "replication", storageReadLimit, "FV_UINT64", "\(options.storageReadLimit ?? 200)", isMutable: true,
        "The maximum rate of reading from the storage service, in MB/s"),
      configuration(
        "replication", "hdfs_write_batch_size_bytes", "FV_UINT64", "67108864", isMutable: true,
        "The maximum size of one write to the storage service"),
      configuration(
        "replication", "hdfs_read_batch_size_bytes", "FV_UINT64", "67108864", isMutable: true,
        "The maximum size of one read from the storage service"),
    ]
  }
}
