import PegasusProtocol

/// What servers tell of a bulk load, with the sums that people want to know.
struct BulkLoadState: Sendable {
  /// One replica of one partition.
  struct Replica: Sendable {
    /// The server.
    var node: String
    var state: PartitionBulkLoadState
  }

  let reply: QueryBulkLoadResponse

  init(_ reply: QueryBulkLoadResponse) { self.reply = reply }

  var status: BulkLoadStatus { reply.appStatus }
  var partitionCount: Int { reply.partitionsStatus.count }

  /// Servers before 2.4 do not say it: then it is read off the status.
  var isLoading: Bool {
    reply.isBulkLoading ?? ![.invalid, .succeed, .failed, .canceled].contains(status)
  }

  /// The replicas of a partition, by server.
  func replicas(of partition: Int) -> [Replica] {
    if let states = reply.hpBulkLoadStates, partition < states.count, !states[partition].isEmpty {
      return states[partition].map { Replica(node: "\($0.key.host):\($0.key.port)", state: $0.value) }
        .sorted { $0.node < $1.node }
    }
    guard partition < reply.bulkLoadStates.count else { return [] }
    return reply.bulkLoadStates[partition].map { Replica(node: "\($0.key)", state: $0.value) }
      .sorted { $0.node < $1.node }
  }

  /// Percent of one partition; replicas that have not begun count as 0.
  func downloadProgress(of partition: Int) -> Int {
    if status != .downloading, [.downloaded, .ingesting, .succeed].contains(reply.partitionsStatus[partition]) {
      return 100
    }
    let sum = replicas(of: partition).reduce(0) { $0 + Int($1.state.downloadProgress ?? 0) }
    return min(100, sum / max(1, Int(reply.maxReplicaCount)))
  }

  /// Percent of the table, rounded down as by the old shell.
  var downloadProgress: Int {
    partitionCount == 0
      ? 0 : reply.partitionsStatus.indices.reduce(0) { $0 + downloadProgress(of: $1) } / partitionCount
  }

  var ingestedPartitions: Int { reply.partitionsStatus.count { $0 == .succeed } }
  /// Percent of the table.
  var ingestionProgress: Int { partitionCount == 0 ? 0 : ingestedPartitions * 100 / partitionCount }

  /// Whether all replicas of a partition have removed what they had downloaded.
  func isCleanedUp(_ partition: Int) -> Bool {
    let replicas = replicas(of: partition)
    return replicas.count >= Int(reply.maxReplicaCount) && replicas.allSatisfy { $0.state.isCleanedUp == true }
  }

  /// How it ended; nil while it goes on.
  var verdict: BulkLoadVerdict? {
    guard !isLoading else { return nil }
    switch status {
    case .succeed: return .succeeded
    case .canceled: return .cancelled
    case .failed: return .failed(reply.err)
    // The result of a load that failed may be told by its cause alone.
    default: return reply.err == .ok ? .unknown : .failed(reply.err)
    }
  }
}

/// How a bulk load ended.
enum BulkLoadVerdict: Sendable, Equatable {
  case succeeded, cancelled
  case failed(ErrorCode)
  /// The table is not there any more.
  case dropped
  /// The servers know of none.
  case unknown

  /// What to do about a failure. `ingestBehind`: nil where nobody knows.
  func advice(ingestBehind: Bool?) -> String {
    guard case .failed(let cause) = self else { return "" }
    switch cause {
    case .corruption:
      return
        "the servers did not take a file (missing, size, MD5, a partition without data): 'start_bulk_load … --md5' with "
        + "the storage in this shell's configuration says which; then make the files anew with 'offline_split'"
    case .fileOperationFailed, .fsInternal, .objectNotFound:
      return "a replica server could not read the storage, or had no room on its disk: see that each of them reaches "
        + "it and has room, then start again"
    case .ingestionFailed where ingestBehind == true:
      return "the bottom level of a replica was occupied, or replicas were not opened anew after "
        + "rocksdb.allow_ingest_behind was set; behind cannot be repeated: drop the table and create it anew with "
        + "rocksdb.allow_ingest_behind=true and rocksdb.usage_scenario=bulk_load"
    case .ingestionFailed:
      return "what other partitions have taken stays; loading the same files again is safe"
        + (ingestBehind == nil ? ", but for --ingest_behind: then drop the table and create it anew" : "")
    case .retryExhausted: return "the servers gave up after many tries: 'app <table> -d' shows whether it is healthy"
    default: return ""
    }
  }
}
