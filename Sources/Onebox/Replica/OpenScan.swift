internal import Bytes
internal import PegasusProtocol
internal import StorageEngine

/// What a scan shows of the rows it meets.
struct ScanOptions {
  var batchSize: Int
  var showsValues: Bool
  var showsExpiry: Bool
  var onlyCounts: Bool
  var hashKeyFilter: KeyFilter
  var sortKeyFilter: KeyFilter
  /// Partition count and index when rows of other partitions are to be left out.
  var ownership: (count: UInt64, index: UInt64)?

  var showsAllKeys: Bool { hashKeyFilter.matchesAll && sortKeyFilter.matchesAll && ownership == nil }
}

/// What one batch of a scan came to.
struct ScanBatch {
  var status = StorageStatus.ok
  /// −1 = the scan is finished; 0 = it is over for another reason.
  var contextID: Int64 = 0
  var count = 0
  var bytes = 0
  var expired = 0
  var filtered = 0
  /// True when rows are left.
  var hasMore = false
  /// Set when only the count is wanted.
  var kvCount: Int32?
}

/// A scan between two batches.
final class OpenScan {
  private var cursor: ScanCursor
  /// Milliseconds of the monotonic clock when it was last used.
  var lastUse: Int64

  init(cursor: consuming ScanCursor, now: Int64) {
    self.cursor = cursor
    self.lastUse = now
  }

  /// Writes the next batch of rows.
  func collect(
    limit: TimeLimit, version: DataVersion, _ writer: inout RowReplyWriter, _ buffer: inout ByteBuffer
  ) -> ScanBatch {
    cursor.collect(limit: limit, version: version, &writer, &buffer)
  }
}

/// An iterator over a partition as it was when the scan began, and what to show of it.
struct ScanCursor: ~Copyable {
  /// Rows that one batch looks at, and bytes it sends, at most.
  static let maxRows = 1000
  private static let maxBytes = 32 << 20

  private enum RowClass {
    case shown, expired, filtered
    /// A key that is no full key: a mark of the server's own.
    case internalRow
  }

  private var iterator: RowIterator
  private let options: ScanOptions
  private let showsAllKeys: Bool

  init(iterator: consuming RowIterator, options: ScanOptions) {
    self.iterator = iterator
    self.options = options
    self.showsAllKeys = options.showsAllKeys
    self.iterator.seekToFirst()
  }

  /// Rows that are not shown count against the limits too: a batch may be empty with more to come.
  mutating func collect(
    limit: TimeLimit, version: DataVersion, _ writer: inout RowReplyWriter, _ buffer: inout ByteBuffer
  ) -> ScanBatch {
    let now = WallClock.secondsSince2016
    let start = buffer.count
    var batch = ScanBatch()
    var steps = 0
    while steps < Self.maxRows, batch.count < options.batchSize, buffer.count - start < Self.maxBytes {
      guard iterator.isValid else { break }
      steps += 1
      if limit.isOver(after: steps) {
        batch.status = .incomplete
        break
      }
      switch take(now: now, version: version, &writer, &buffer) {
      case .shown: batch.count += 1
      case .expired: batch.expired += 1
      case .filtered: batch.filtered += 1
      case .internalRow: break
      }
      iterator.next()
    }
    batch.bytes = buffer.count - start
    batch.kvCount = options.onlyCounts ? Int32(clamping: batch.count) : nil
    finish(&batch)
    return batch
  }

  private func finish(_ batch: inout ScanBatch) {
    guard batch.status == .ok else { return }
    batch.hasMore = iterator.isValid
    guard !batch.hasMore else { return }
    do throws(StorageError) {
      try iterator.check()
      batch.contextID = -1
    } catch {
      batch.status = StorageStatus(error)
    }
  }

  /// Writes the row under the iterator if it is to be shown.
  @inline(__always)
  private func take(
    now: UInt32, version: DataVersion, _ writer: inout RowReplyWriter, _ buffer: inout ByteBuffer
  ) -> RowClass {
    guard let value = StoredValue(iterator.value, version: version) else { return .internalRow }
    if value.isExpired(at: now) { return .expired }
    let key = iterator.key
    if showsAllKeys {
      guard key.byteCount >= 2 else { return .internalRow }
    } else {
      let rowClass = classify(key)
      guard rowClass == .shown else { return rowClass }
    }
    if options.onlyCounts { return .shown }
    let data = options.showsValues ? value.data : value.data.extracting(first: 0)
    writer.append(key: key, value: data, expiry: options.showsExpiry ? value.expiry : nil, into: &buffer)
    return .shown
  }

  private func classify(_ bytes: RawSpan) -> RowClass {
    guard let key = try? KeyView(bytes) else { return .internalRow }
    guard options.hashKeyFilter.matches(key.hashKey), options.sortKeyFilter.matches(key.sortKey) else {
      return .filtered
    }
    if let ownership = options.ownership, key.partitionHash % ownership.count != ownership.index { return .filtered }
    return .shown
  }
}
