import PegasusClient

/// The account of one source partition, page by page in the order of their keys. Pure. It keeps each page until the last of
/// its rows is decided.
///
/// Rows are decided in any order. When every row of the first open page is decided, the page is closed: the mark moves to
/// its last key and its counts become durable, which is what a later run can rely on. A page with a failed row closes as
/// well, but from then on the mark stays where it is, before that page.
struct PageLedger {
  /// What became of a row, in the end.
  enum Outcome { case copied, filtered, expired, existing, failed }

  private struct Page {
    /// Of its last row.
    var key: [UInt8]?
    var undecided: Int32
    var rows: ScanPage?
    /// Of rows that are written in another order than their own.
    var order: [Int32] = []
    var counts = RowCounts()
    var bytes: Int64 = 0

    /// - Returns: whether that was the last row
    mutating func enter(_ outcome: Outcome, _ count: Int32, _ bytes: Int64) -> Bool {
      counts.add(outcome, Int64(count))
      self.bytes += bytes
      undecided -= count
      return undecided == 0
    }
  }

  /// Every row up to and including the one with this key is decided, and none of them has failed; `nil` at the beginning.
  private(set) var position: [UInt8]?
  /// What became of exactly the rows up to the mark.
  private(set) var durable: RowCounts
  /// Bytes of the rows copied among them.
  private(set) var durableBytes: Int64
  /// What became of the rows of closed pages behind the mark, which stays before a failed row.
  private var beyond = RowCounts()
  private var beyondBytes: Int64 = 0
  /// A row has failed: the mark does not move any more.
  private(set) var isFrozen = false

  /// The pages that are not closed, behind `head` places that are free again.
  private var pages: [Page] = []
  private var head = 0
  /// The number of the page at `head`. Numbers wrap around.
  private var firstNumber: Int32 = 0

  /// - Parameter checkpoint: where an earlier run has come to
  init(_ checkpoint: PartitionCheckpoint? = nil) {
    position = checkpoint?.position
    durable = checkpoint?.counts ?? RowCounts()
    durableBytes = checkpoint?.bytes ?? 0
  }

  /// What became of all rows decided so far.
  var decided: RowCounts {
    var counts = durable
    counts += beyond
    for page in pages[head...] { counts += page.counts }
    return counts
  }

  /// Bytes of all rows copied so far.
  var decidedBytes: Int64 { pages[head...].reduce(durableBytes + beyondBytes) { $0 + $1.bytes } }

  /// Pages that are not closed.
  var openPages: Int { pages.count - head }

  /// Opens the next page, whose keys are above those of all pages before.
  ///
  /// - Parameter lastKey: of its last row
  /// - Returns: the number by which its rows are decided
  mutating func open(rows: Int, lastKey: [UInt8], of page: ScanPage? = nil) -> Int32 {
    let number = firstNumber &+ Int32(truncatingIfNeeded: openPages)
    pages.append(Page(key: lastKey, undecided: Int32(rows), rows: page))
    return number
  }

  /// An open page; `nil` when its rows are decided.
  func page(_ number: Int32) -> ScanPage? { pages[head + Int(number &- firstNumber)].rows }

  /// The order of an open page's rows, as far as they have been given one.
  func order(of number: Int32) -> [Int32] { pages[head + Int(number &- firstNumber)].order }

  /// Gives the next rows of an open page an order.
  ///
  /// - Returns: the place of the first of them
  mutating func append(order: [Int32], to number: Int32) -> Int {
    let index = head + Int(number &- firstNumber)
    defer { pages[index].order.append(contentsOf: order) }
    return pages[index].order.count
  }

  /// Enters `count` rows of an open page, each of them once.
  ///
  /// - Parameter bytes: of keys and values, for rows copied
  mutating func decide(_ number: Int32, _ outcome: Outcome, count: Int32 = 1, bytes: Int64 = 0) {
    let index = head + Int(number &- firstNumber)
    if pages[index].enter(outcome, count, bytes) { finish(index) }
  }

  /// Leaves out the rows of the last page that were never taken, so that the mark can stand within the page.
  ///
  /// - Parameters:
  ///   - count: rows left out
  ///   - lastKey: of the last row taken; `nil` when none was
  mutating func leaveOut(_ count: Int, of number: Int32, lastKey: [UInt8]?) {
    let index = head + Int(number &- firstNumber)
    pages[index].undecided -= Int32(count)
    pages[index].key = lastKey
    if pages[index].undecided == 0 { finish(index) }
  }

  private mutating func finish(_ index: Int) {
    pages[index].rows = nil
    pages[index].order = []
    if index == head { closeDecided() }
  }

  private mutating func closeDecided() {
    while head < pages.count, pages[head].undecided == 0 {
      let page = pages[head]
      isFrozen = isFrozen || page.counts.failed > 0
      if !isFrozen {
        durable += page.counts
        durableBytes += page.bytes
        position = page.key ?? position
      } else {
        beyond += page.counts
        beyondBytes += page.bytes
      }
      pages[head].key = nil
      head += 1
      firstNumber &+= 1
    }
    guard head > 64, head > pages.count / 2 else { return }
    pages.removeFirst(head)
    head = 0
  }
}

extension RowCounts {
  /// Enters rows that are read and decided.
  mutating func add(_ outcome: PageLedger.Outcome, _ count: Int64) {
    read += count
    switch outcome {
    case .copied: copied += count
    case .filtered: filtered += count
    case .expired: expired += count
    case .existing: existing += count
    case .failed: failed += count
    }
  }
}
