import PegasusClient

/// What is done with each row at the target.
package enum WriteMode: String, Sendable, CaseIterable {
  /// One request for each row.
  case put
  /// One request for neighbours with the same hash key and the same expiry; each keeps its own time to live.
  case multiSet
  /// One request for many rows of any hash keys, as if they had been written in the source cluster just now and were
  /// duplicated; each keeps its own time to live. Only for targets that `DuplicateCheck` has allowed it for.
  case duplicate
  /// One request for each row, which leaves a row alone that is there already.
  case putIfAbsent
  /// One request for each row, and one for its entry in the geo table.
  case geo
  /// One request for each row, which deletes it: source and target are the same table.
  case delete
}

/// What a copy reads, and how it writes.
package struct CopyOptions: Sendable {
  /// Source partitions to copy; `nil` for all of them.
  package var partitions: [Int32]?
  package var filter = RowFilter()
  package var mode = WriteMode.put
  /// Requests on their way for one source partition; in `multiSet` also the most rows in one request.
  package var maxInFlight = 500
  /// `multiSet`: requests of several rows on their way for one source partition.
  package var maxMultiSetConcurrency = 20
  /// `duplicate`: the number that marks the rows, from `DuplicateCheck`.
  package var originClusterID: UInt8 = 0
  /// The time limit of one scan reply and of one write attempt.
  package var timeout: Duration = .seconds(5)
  /// Rows in one scan reply; `nil` for as many as fit, so that small rows come in larger groups and large ones do not fill
  /// the memory.
  package var scanBatchSize: Int32?
  /// Copied rows get empty values.
  package var dropsValues = false
  /// Copied rows never expire.
  package var dropsExpiry = false
  /// Rows written in a second, all partitions together; `nil` for no limit. The limit to begin with: it can be changed.
  package var maxRowsPerSecond: Double?
  /// Bytes of keys and values written in a second, all partitions together; `nil` for no limit.
  package var maxBytesPerSecond: Double?
  /// The copy slows down as long as one write in a hundred takes longer than this, or the target's servers ask for time;
  /// `nil`: only the servers' own limits slow it down.
  package var maxTargetLatency: Duration?
  /// Source partitions worked on at once.
  package var maxConcurrentPartitions = 32
  /// A partition none of whose writes succeeded for this long, although the target does not throttle, has failed.
  package var giveUpAfter: Duration = .seconds(60)

  package init() {}

  /// How much the source sends at once.
  func setBatch(of scan: inout ScanOptions) {
    scan.batchSize = scanBatchSize ?? Self.firstScanBatch
    scan.pageBytes = scanBatchSize == nil ? Self.scanPageBytes : nil
    scan.largestBatch = Self.largestScanBatch
  }

  /// About how many rows a scan reply holds.
  func rowsPerReply(bytesPerRow: Double?) -> Double {
    if let scanBatchSize { return Double(scanBatchSize) }
    guard let bytesPerRow else { return Double(Self.firstScanBatch) }
    return max(1, min(Double(Self.scanPageBytes) / (bytesPerRow + 32), Double(Self.largestScanBatch)))
  }

  private static let firstScanBatch: Int32 = 100
  private static let largestScanBatch: Int32 = 1000
  private static let scanPageBytes = 64 << 10

  /// Whether the source may leave the values out of its replies.
  var needsNoValues: Bool { (dropsValues || mode == .delete) && !filter.needsValues }
  /// Whether each row's expiry has to come with it.
  var needsExpiry: Bool { !dropsExpiry && mode != .delete }
}
