import Bytes
import PegasusClient
import PegasusProtocol

/// Which rows travel together.
extension RowWriter {
  /// Bytes of rows in one request, well below the 1 MB that servers take.
  static let largestRequest = 256 << 10
  /// Rows in one request.
  static let mostRows = 500
  /// Rows that are sorted at once.
  private static let mostSorted = 2000

  /// How many rows from `first` on can travel as one multi_set: same hash key, same expiry, all to be written.
  func neighbours(_ page: ScanPage, _ first: Int, _ now: UInt32) -> Int {
    let head = page.rows[first]
    let bytes = page.bytes
    let limit = min(options.maxInFlight, limiter.largestGroup)
    let hashKey = head.key(in: bytes.span.bytes).hashKey
    guard hashKey.byteCount > 0 else { return 1 }
    let largest = min(Self.largestRequest, limiter.largestGroupBytes)
    var size = Int(head.keyLength + head.valueLength)
    var index = first + 1
    while index < page.rows.count, index - first < limit {
      let row = page.rows[index]
      size += Int(row.keyLength + row.valueLength) + 16
      guard size <= largest, options.dropsExpiry || row.expireTimestamp == head.expireTimestamp,
        row.key(in: bytes.span.bytes).hashKey.isEqual(to: hashKey), case .write = decide(page, index, now)
      else { break }
      index += 1
    }
    return index - first
  }

  /// Takes the next rows of a page and sends them, those for one partition of the target together.
  ///
  /// A server looks at one hash for all rows of a request. Rows that would part at a split of their partition go apart
  /// already now, so that what it finds out for one row holds for all.
  /// - Returns: the index of the first row not taken
  func takeGroups(_ page: ScanPage, _ first: Int, _ now: UInt32, _ number: Int32) -> Int {
    let bytes = page.bytes
    let end = endOfGroups(page, first)
    groups.begin(groupCount: target.count * 2)
    for index in first..<end {
      switch decide(page, index, now) {
      case .expired: takeOver(page, index, number)
      case .filtered: ledger.decide(number, .filtered)
      case .write:
        let hash = page.rows[index].key(in: bytes.span.bytes).partitionHash
        groups.add(row: index, to: Int(hash % UInt64(groups.groupCount)))
      }
    }
    guard groups.count > 0 else { return end }
    let order = groups.sorted()
    let start = ledger.append(order: order, to: number)
    for group in 0..<groups.groupCount {
      var places = groups.places(of: group)
      while !places.isEmpty { places = sendFirst(of: places, order, from: start, page, number) }
    }
    return end
  }

  /// Behind the last row that is sorted with `first`: at least one row, and no more than the rate limit allows at once.
  private func endOfGroups(_ page: ScanPage, _ first: Int) -> Int {
    let end = first + min(page.rows.count - first, Self.mostSorted, limiter.largestGroup)
    let most = limiter.largestGroupBytes
    guard most < .max else { return end }
    var bytes = Int(page.rows[first].keyLength + page.rows[first].valueLength)
    var index = first + 1
    while index < end {
      bytes += Int(page.rows[index].keyLength + page.rows[index].valueLength)
      guard bytes <= most else { break }
      index += 1
    }
    return index
  }

  /// Sends as many rows as fit in one request.
  ///
  /// - Parameter start: where `order` begins in that of the page
  /// - Returns: the places that are left
  private func sendFirst(
    of places: Range<Int>, _ order: [Int32], from start: Int, _ page: ScanPage, _ number: Int32
  ) -> Range<Int> {
    var bytes = 0
    var place = places.lowerBound
    while place < places.upperBound, place - places.lowerBound < Self.mostRows {
      let row = page.rows[Int(order[place])]
      let size = Int(row.keyLength + row.valueLength)
      guard place == places.lowerBound || bytes + size <= Self.largestRequest else { break }
      bytes += size
      place += 1
    }
    take(
      SlotTable.Slot(
        number: number, first: Int32(start + places.lowerBound), count: Int32(place - places.lowerBound),
        isOrdered: true, bytes: Int64(bytes)),
      of: page)
    return place..<places.upperBound
  }

  /// Whether the rows of a slot still go to one partition. The table may have been split since they were put together.
  func staysTogether(_ slot: SlotTable.Slot, _ page: ScanPage, _ order: [Int32]) -> Bool {
    let bytes = page.bytes
    let count = UInt64(target.count) * 2
    var common: UInt64?
    for place in slot.places {
      let part = page.rows[slot.row(at: place, in: order)].key(in: bytes.span.bytes).partitionHash % count
      guard part == common ?? part else { return false }
      common = part
    }
    return true
  }
}
