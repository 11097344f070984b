import PegasusClient
import RPC

/// A limit that servers keep: what it limits, since when, and how it is read and changed.
struct RateLimit: Sendable {
  enum Place: Sendable {
    /// Remote commands of replica servers that mean the same: the name of 2.4 and later first.
    case remote([String])
    /// Settings of replica servers, over HTTP (2.2 and later): the name of 2.4 and later first.
    case setting([String], isMutable: Bool)
    /// As `setting`, of meta servers.
    case metaSetting(String)
    /// A variable of the table's environment.
    case table(String)
  }

  /// As typed.
  let name: String
  let place: Place
  let unit: String
  /// What it slows down.
  let limits: String

  static let all = [
    RateLimit(
      name: "nfs_send",
      place: .remote(["nfs.max_send_rate_megabytes_per_disk", "nfs.max_send_rate_megabytes"]), unit: "MB/s",
      limits: "sending files to other replica servers: learning, duplication's checkpoints, a restore's secondaries"),
    RateLimit(
      name: "nfs_copy",
      place: .remote(["nfs.max_copy_rate_megabytes_per_disk", "nfs.max_copy_rate_megabytes"]), unit: "MB/s",
      limits: "receiving such files; 0, or 5 and more"),
    RateLimit(
      name: "upload", place: .setting(["hdfs_write_limit_rate_mb_per_sec"], isMutable: true), unit: "MB/s",
      limits: "backups: each server's writing to HDFS (2.4; a local_service has no limit)"),
    RateLimit(
      name: "download",
      place: .setting(["hdfs_read_limit_rate_mb_per_sec", "hdfs_read_limit_rate_megabytes"], isMutable: true),
      unit: "MB/s", limits: "restores and bulk loads: each server's reading from HDFS (a local_service has no limit)"),
    RateLimit(
      name: "upload_files", place: .setting(["max_concurrent_uploading_file_count"], isMutable: false), unit: "files",
      limits: "backups: files that one replica uploads at a time; only in the servers' configuration"),
    RateLimit(
      name: "load_replicas", place: .remote(["replica.max-concurrent-bulk-load-downloading-count"]), unit: "replicas",
      limits: "bulk loads: replicas of one server that download at a time"),
    RateLimit(
      name: "ingest_partitions", place: .metaSetting("bulk_load_node_max_ingesting_count"), unit: "partitions",
      limits: "bulk loads: partitions of one server that ingest at a time (kept by the meta servers)"),
    RateLimit(
      name: "write_throttling", place: .table("replica.write_throttling"), unit: "requests/s",
      limits: "writes to the chosen table, those of copies, duplication and ingestion too: 2000*delay*100"),
    RateLimit(
      name: "write_throttling_by_size", place: .table("replica.write_throttling_by_size"), unit: "B/s",
      limits: "the same by bytes: 10M*delay*100"),
    RateLimit(
      name: "read_throttling", place: .table("replica.read_throttling"), unit: "requests/s",
      limits: "reads of the chosen table, those of copies too: 2000*delay*100"),
    RateLimit(
      name: "read_throttling_by_size", place: .table("replica.read_throttling_by_size"), unit: "B/s",
      limits: "the same by bytes: 10M"),
    RateLimit(
      name: "backup_request_throttling", place: .table("replica.backup_request_throttling"), unit: "requests/s",
      limits: "reads of the chosen table at secondaries"),
  ]

  /// By its own name, or by one that servers have for it.
  static func named(_ word: String) -> RateLimit? {
    all.first { $0.name == word || $0.serverNames.contains(word) }
  }

  var serverNames: [String] {
    switch place {
    case .remote(let names): names
    case .setting(let names, _): names
    case .metaSetting(let name), .table(let name): [name]
    }
  }

  /// How it is changed, for people.
  var means: String {
    switch place {
    case .remote(let names): "remote command \(names[0])"
    case .setting(let names, let isMutable): isMutable ? "updateConfig \(names[0])" : "configuration \(names[0])"
    case .metaSetting(let name): "updateConfig \(name) (meta)"
    case .table(let name): "env \(name)"
    }
  }

  var isOfTable: Bool {
    if case .table = place { return true }
    return false
  }

  var isOfMeta: Bool {
    if case .metaSetting = place { return true }
    return false
  }

  /// What is wrong with a value before any server sees it; nil: nothing.
  func complaint(about value: String) -> String? {
    if isOfTable { return nil }
    if value == "default" {
      if case .remote = place { return nil }
      return
        "servers cannot be told to take their default: give the number ('rate_limit show' shows it before you change it)"
    }
    guard let number = Int32(value), number >= 0 else { return "a whole number is expected" }
    if name == "nfs_copy", (1..<5).contains(number) { return "0 (no limit) or 5 and more: one block has 4 MB" }
    if case .setting(_, isMutable: false) = place {
      return "servers take it from their configuration only: change it there and restart them"
    }
    return nil
  }
}
