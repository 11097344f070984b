package import PegasusProtocol

/// What a scan of one partition reads, and how much of each row it asks for.
package struct ScanOptions: Sendable {
  /// Rows in one reply. The server caps it at 1 000 by default (Pegasus 2.0–2.6: `rocksdb_max_iteration_count`).
  package var batchSize: Int32 = 1000
  /// Bytes that one reply should hold; `nil`: every reply has `batchSize` rows. From the second reply on as many rows are
  /// asked for as fit, by the rows of the one before.
  package var pageBytes: Int?
  /// With `pageBytes`: the most rows asked for.
  package var largestBatch: Int32 = 1000
  /// Keys only.
  package var noValue = false
  /// Each row with its expiry. Servers before 2.3 do not send it: `ScanPage.hasExpiry` tells.
  package var returnExpiry = false
  /// The number of rows instead of the rows. Servers before 2.5 send the rows nevertheless, which are then counted.
  package var onlyCount = false
  package var hashKeyFilter: FilterType = .noFilter
  package var hashKeyPattern: [UInt8] = []
  package var sortKeyFilter: FilterType = .noFilter
  package var sortKeyPattern: [UInt8] = []
  /// Where to begin; `nil` for the first row of the partition.
  package var start: PegasusKey?
  package var startInclusive = true
  /// Where to end; `nil` for the last row of the partition.
  package var stop: PegasusKey?
  package var stopInclusive = false
  /// How long one attempt at a reply may take.
  package var replyLimit: Duration = .seconds(5)
  /// How long a page may take, all attempts together.
  package var pageLimit: Duration = .seconds(5)

  package init() {}
}
