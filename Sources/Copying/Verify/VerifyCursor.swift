import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol

/// A place in one partition of one side: the row that comes next in the comparison.
@LoopActor
final class VerifyCursor {
  /// Rows in the first reply, before it is known how large they are.
  private static let firstBatch: Int32 = 32

  private let partition: Int32
  private let choice: RowChoice
  private let options: VerifyOptions
  private let reader: PartitionReader
  private(set) var page = ScanPage(bytes: [], rows: [])
  private(set) var index = 0
  private(set) var isAtEnd = false
  /// The row is the first one of the partition and not of the sample: it stands in for a sample that has no row at all.
  private(set) var isStandIn = false
  private var needsStandIn: Bool

  /// - Parameters:
  ///   - pageBudget: bytes that one reply should hold
  ///   - gate: while it is closed, nothing is read
  ///   - position: the key behind which to begin; `nil` for the first row
  init(
    table: Table, partition: Int32, choice: RowChoice, options: VerifyOptions, pageBudget: Int, gate: Gate,
    limiter: RateLimiter, after position: PegasusKey?
  ) {
    self.partition = partition
    self.choice = choice
    self.options = options
    // A run that goes on has had its first row.
    needsStandIn = position == nil
    var scan = ScanOptions()
    scan.batchSize = Self.firstBatch
    scan.pageBytes = pageBudget
    scan.largestBatch = options.scanBatchSize
    scan.returnExpiry = true
    scan.replyLimit = options.timeout
    scan.pageLimit = max(options.timeout, options.giveUpAfter)
    scan.setFilter(choice.filter)
    if let position {
      scan.start = position
      scan.startInclusive = false
    }
    reader = PartitionReader(
      PartitionScanner(table: table, partition: partition, options: scan), gate: gate, limiter: limiter)
  }

  var expiry: UInt32 { page.rows[index].expireTimestamp }

  /// - Returns: negative, 0 or positive, as the keys of both rows compare
  func order(to other: VerifyCursor) -> Int {
    let (left, right) = (page.bytes, other.page.bytes)
    return page.rows[index].key(in: left.span.bytes).encoded
      .order(to: other.page.rows[other.index].key(in: right.span.bytes).encoded)
  }

  func hasSameValue(as other: VerifyCursor) -> Bool {
    let (left, right) = (page.bytes, other.page.bytes)
    return page.rows[index].value(in: left.span.bytes)
      .isEqual(to: other.page.rows[other.index].value(in: right.span.bytes))
  }

  var key: PegasusKey { key(at: index) }

  func key(at index: Int) -> PegasusKey {
    let bytes = page.bytes
    return PegasusKey(page.rows[index].key(in: bytes.span.bytes))
  }

  var look: RowLook {
    let bytes = page.bytes
    return RowLook(value: page.rows[index].value(in: bytes.span.bytes), expiry: expiry)
  }

  /// Goes on to the next row of the page that takes part. `false`: the page has no more.
  func step() -> Bool {
    index += 1
    return settle()
  }

  /// Goes on to the next page that has a row that takes part, or to the end.
  ///
  /// - Throws: `ClientError`
  func fill() async throws(ClientError) {
    while true {
      let last = page.rows.last.map { Array(page.bytes[Int($0.keyOffset)..<Int($0.keyOffset + $0.keyLength)]) }
      guard let next = try await reader.next() else {
        isAtEnd = true
        return
      }
      try check(next, after: last)
      // A page without rows keeps the last one, for the check of the order.
      guard !next.rows.isEmpty else { continue }
      page = next
      index = 0
      if settle() { return }
    }
  }

  func close() { reader.close() }

  private func settle() -> Bool {
    while index < page.rows.count {
      let row = page.rows[index]
      let isSampled = choice.samples(row, in: page.bytes)
      if isSampled || needsStandIn, choice.accepts(row, in: page.bytes) {
        isStandIn = !isSampled
        needsStandIn = false
        return true
      }
      index += 1
    }
    return false
  }

  /// The comparison stands and falls with the order of the keys.
  private func check(_ page: ScanPage, after last: [UInt8]?) throws(ClientError) {
    if !options.ignoresExpiry && !page.hasExpiry {
      throw ClientError(
        .invalid("the servers do not say when rows expire (they are older than 2.3); leave expiries out with --no_ttl"),
        while: "verify partition \(partition)")
    }
    let bytes = page.bytes
    for (index, row) in page.rows.enumerated() {
      let isAbove: Bool
      if index > 0 {
        isAbove =
          page.rows[index - 1].key(in: bytes.span.bytes).encoded.order(to: row.key(in: bytes.span.bytes).encoded) < 0
      } else if let last {
        isAbove = last.span.bytes.order(to: row.key(in: bytes.span.bytes).encoded) < 0
      } else {
        isAbove = true
      }
      guard isAbove else {
        throw ClientError(
          .invalid("the server sent rows out of order, which cannot be compared"),
          while: "verify partition \(partition)")
      }
    }
  }
}
