import EventLoop
import PegasusClient
import PegasusProtocol

/// Reads a range of the rows of one hash key, whatever its size.
///
/// Pegasus 2.0–2.6: a reply is cut after some thousand rows looked at. The reader goes on behind the last row it got; when
/// a reply holds none, because the filter or expiry left nothing of the rows looked at, it goes on with a scan, which knows
/// where it stands.
@LoopActor
final class HashKeyReader: RowPageSource {
  private let table: Table
  private let hashKey: [UInt8]
  private var range: SortKeyRange
  private let maxCount: Int?
  private let noValue: Bool
  private let isReverse: Bool
  private let limit: Duration
  private var count = 0
  private var isFinished = false
  private var scanner: PartitionScanner?
  private(set) var isComplete = false
  private(set) var place: RowPlace?

  init(
    table: Table, hashKey: [UInt8], range: SortKeyRange = SortKeyRange(), maxCount: Int? = nil, noValue: Bool = false,
    isReverse: Bool = false, limit: Duration
  ) {
    self.table = table
    self.hashKey = hashKey
    self.range = range
    self.maxCount = maxCount
    self.noValue = noValue
    self.isReverse = isReverse
    self.limit = limit
  }

  func next() async throws -> [RowPage.Row]? {
    isReverse ? try await lastRows() : try await nextRows()
  }

  /// What may still be given.
  private var allowance: Int32 { maxCount.map { Int32(clamping: $0 - count) } ?? -1 }

  private func nextRows() async throws -> [RowPage.Row]? {
    if isFinished { return nil }
    try Task.checkCancellation()
    if let scanner { return try await nextRows(from: scanner) }
    let page = try await ask()
    count += page.rows.count
    if page.isComplete {
      isComplete = true
      isFinished = true
    } else if count == maxCount {
      isFinished = true
    } else if let last = page.rows.last {
      range.start = last.sortKey
      range.startInclusive = false
    } else {
      scanner = try await scan()
    }
    return page.rows
  }

  /// Rows taken from the end have to be collected before the first one can be shown.
  private func lastRows() async throws -> [RowPage.Row]? {
    if isFinished { return nil }
    var pages: [[RowPage.Row]] = []
    while !isFinished {
      try Task.checkCancellation()
      let page = try await ask()
      count += page.rows.count
      pages.append(page.rows)
      if page.isComplete {
        isComplete = true
        isFinished = true
      } else if count == maxCount {
        isFinished = true
      } else if let first = page.rows.first {
        range.stop = first.sortKey
        range.stopInclusive = false
        // An empty stop would mean the end: nothing sorts before the empty sort key.
        if first.sortKey.isEmpty {
          isComplete = true
          isFinished = true
        }
      } else {
        pages.append(try await lastRowsByScan())
        isFinished = true
      }
    }
    return Array(pages.reversed().joined())
  }

  private func ask() async throws -> RowPage {
    let answer = try await table.multiGet(
      hashKey: hashKey, range: range, maxCount: allowance, noValue: noValue, reverse: isReverse, limit: limit)
    place = answer.place
    return answer.value
  }

  // MARK: Scanning on

  private func scan() async throws -> PartitionScanner {
    let partitions = try await table.partitions()
    let bounds = try HashKeyBounds(hashKey: hashKey, range: range)
    var options = ScanOptions()
    bounds.apply(to: &options)
    options.noValue = noValue
    options.sortKeyFilter = range.filter
    options.sortKeyPattern = range.pattern
    options.pageLimit = limit
    return PartitionScanner(
      table: table, partition: partitions.index(for: bounds.partitionHash), options: options)
  }

  private func nextRows(from scanner: PartitionScanner) async throws -> [RowPage.Row]? {
    guard let page = try await scanner.next() else {
      isComplete = true
      isFinished = true
      return nil
    }
    var rows: [RowPage.Row] = []
    for index in page.rows.indices {
      // One more row than may be given is needed to know that there are more.
      if let maxCount, count >= maxCount {
        isFinished = true
        scanner.close()
        break
      }
      rows.append(try row(page, index))
      count += 1
    }
    return rows
  }

  private func lastRowsByScan() async throws -> [RowPage.Row] {
    let scanner = try await scan()
    let wanted = allowance
    var rows: [RowPage.Row] = []
    var dropped = false
    while let page = try await scanner.next() {
      for index in page.rows.indices { rows.append(try row(page, index)) }
      if wanted >= 0, rows.count > 2 * Int(wanted) + 1000 {
        rows.removeFirst(rows.count - Int(wanted))
        dropped = true
      }
    }
    if wanted >= 0, rows.count > Int(wanted) {
      rows.removeFirst(rows.count - Int(wanted))
      dropped = true
    }
    isComplete = !dropped
    count += rows.count
    return rows
  }

  private func row(_ page: ScanPage, _ index: Int) throws -> RowPage.Row {
    let key = try PegasusKey(encoded: page.key(at: index))
    return RowPage.Row(sortKey: key.sortKey, value: page.value(at: index))
  }
}
