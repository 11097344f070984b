import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// Writes the rows of scan pages to the target with many requests under way, and knows of each row what became of it.
///
/// A row is in exactly one place: not offered yet, in a slot on its way, in the queue for another attempt, decided and
/// entered in the ledger, or given up by a stop, which is as good as not offered. The page keeps its bytes alive until its
/// last row is decided, so a retry costs no copy, and an ordinary row costs no allocation.
@LoopActor
final class RowWriter {
  // These are asked several times for each row. Everything here happens on the loop's thread, and no access to one of them
  // calls anything that comes back to it, so that they need not be watched for overlapping accesses.
  @exclusivity(unchecked) var ledger: PageLedger
  @exclusivity(unchecked) var slots = SlotTable()
  /// Rows in slots.
  @exclusivity(unchecked) var pendingRows: Int64 = 0
  @exclusivity(unchecked) var lastSignOfLife = EventLoop.shared.now
  private(set) var failures = FailureLog()
  /// Requests that had to be repeated, and why the last one had.
  var retries: Int64 = 0
  var lastRetryReason = ""

  let target: CopyTarget
  let options: CopyOptions
  let partition: Int32
  /// The most that may be under way: requests, or where requests hold many rows, their weight.
  let window: Int
  let clock: ExpiryClock
  let limiter: RateLimiter
  let gate: Gate
  /// `nil` when nobody wants to know how fast the target answers.
  let watch: TargetWatch?
  /// An earlier run of the same job may have written rows that are not in its account.
  let isResumed: Bool
  let geo: GeoWriter?
  /// Called when going on makes no sense for the whole copy.
  let onFatal: @LoopActor (ClientError) -> Void

  /// Used while rows are put together.
  var groups = RowGroups()
  /// The page that rows are being taken of, its number in the ledger, and how many rows have been taken.
  private var offered: (page: ScanPage, number: Int32, taken: Int)?
  var queue: [Int32] = []
  var queueTimer: TimerID?
  var needsRefresh = false
  private(set) var isStopped = false
  /// Why the writer stopped by itself: the target took nothing for too long.
  var givenUp: ClientError?
  /// Since when servers have said that they do not know the request, and when one said so last.
  var unknownSince = Monotonic(nanoseconds: .min)
  var lastUnknown = Monotonic(nanoseconds: .min)
  private var waiter: UnsafeContinuation<Void, Never>?
  private var waitsForAtMost = 0

  init(
    target: CopyTarget, options: CopyOptions, partition: Int32, clock: ExpiryClock, geo: GeoWriter?,
    limiter: RateLimiter = RateLimiter(), gate: Gate = Gate(), resumingFrom checkpoint: PartitionCheckpoint? = nil,
    isResumed: Bool = false, watch: TargetWatch? = nil,
    onFatal: @escaping @LoopActor (ClientError) -> Void
  ) {
    self.target = target
    self.options = options
    self.partition = partition
    self.clock = clock
    self.limiter = limiter
    self.gate = gate
    self.isResumed = isResumed
    self.watch = watch
    ledger = PageLedger(checkpoint)
    self.geo = geo
    self.onFatal = onFatal
    window =
      switch options.mode {
      case .multiSet: max(options.maxInFlight, options.maxMultiSetConcurrency)
      case .duplicate: max(options.maxInFlight, Self.duplicateWindow)
      default: options.maxInFlight
      }
  }

  /// Rows under way for one partition in `duplicate`: some requests, so that the connection is never idle.
  private static let duplicateWindow = 4000
  /// Bytes that weigh as much as a row.
  private static let bytesPerWeight: Int64 = 512

  func weight(of slot: borrowing SlotTable.Slot) -> Int32 {
    switch options.mode {
    case .duplicate: max(slot.count, Int32(clamping: slot.bytes / Self.bytesPerWeight))
    // A row that is put leaves room for more than neighbours do.
    case .multiSet where slot.count > 1: Int32(clamping: max(window / max(options.maxMultiSetConcurrency, 1), 1))
    default: 1
    }
  }

  /// What became of all rows taken so far, those of earlier runs up to their mark included.
  var counts: RowCounts {
    var counts = ledger.decided
    counts.read += pendingRows
    return counts
  }

  /// Where a later run would go on. A deleted row is met never again, so that it counts wherever the mark is.
  func checkpoint(isFinished: Bool) -> PartitionCheckpoint {
    var counts = ledger.durable
    let isClearing = options.mode == .delete
    if isClearing {
      counts.read += ledger.decided.copied - counts.copied
      counts.copied = ledger.decided.copied
    }
    return PartitionCheckpoint(
      partition: partition, position: ledger.position, counts: counts,
      bytes: isClearing ? ledger.decidedBytes : ledger.durableBytes, isFinished: isFinished)
  }

  // MARK: Taking rows

  /// Takes rows of a page, as many as the window has room for and the rate limit allows.
  ///
  /// - Returns: the index of the first row not taken
  func offer(_ page: ScanPage, from first: Int) -> Int {
    guard first < page.rows.count else { return first }
    let number = number(of: page)
    var index = first
    let now = clock.now
    // Nothing was under way, so that no sign was to be expected either.
    if slots.used == 0 { lastSignOfLife = EventLoop.shared.now }
    let isLimiting = limiter.isLimiting
    rows: while index < page.rows.count, slots.load < window, !isStopped {
      switch decide(page, index, now) {
      case .expired:
        guard !isLimiting || pause == .zero else { break rows }
        takeOver(page, index, number)
        index += 1
      case .filtered:
        ledger.decide(number, .filtered)
        index += 1
      case .write:
        guard !isLimiting || pause == .zero else { break rows }
        if options.mode == .duplicate {
          index = takeGroups(page, index, now, number)
          continue
        }
        let count = options.mode == .multiSet ? neighbours(page, index, now) : 1
        var bytes: Int64 = 0
        for row in index..<(index + count) { bytes += Int64(page.rows[row].keyLength + page.rows[row].valueLength) }
        take(SlotTable.Slot(number: number, first: Int32(index), count: Int32(count), bytes: bytes), of: page)
        index += count
      }
    }
    offered = index < page.rows.count ? (page, number, index) : nil
    return index
  }

  /// The page's number in the ledger; a page that is not the one offered before is a new one.
  private func number(of page: ScanPage) -> Int32 {
    if let offered, offered.page === page { return offered.number }
    return ledger.open(rows: page.rows.count, lastKey: page.key(at: page.rows.count - 1), of: page)
  }

  /// How long the rate limit forbids to take another row.
  var pause: Duration { limiter.isLimiting ? limiter.pause(at: .now()) : .zero }

  /// Sends rows that are under way from now on.
  func take(_ slot: consuming SlotTable.Slot, of page: ScanPage) {
    if limiter.isLimiting { limiter.spend(rows: Int(slot.count), bytes: Int(slot.bytes), at: .now()) }
    slot.weight = weight(of: slot)
    pendingRows += Int64(slot.count)
    send(slots.take(slot), of: page)
  }

  /// Takes a row whose time is over by this machine's clock. It is written all the same, with its expiry: if the clock is
  /// right, the target hides the row; if it is ahead, nothing is lost.
  func takeOver(_ page: ScanPage, _ index: Int, _ number: Int32) {
    let row = page.rows[index]
    take(
      SlotTable.Slot(
        number: number, first: Int32(index), count: 1, bytes: Int64(row.keyLength + row.valueLength), isOver: true),
      of: page)
  }

  enum Decision { case write, expired, filtered }

  func decide(_ page: ScanPage, _ index: Int, _ now: UInt32) -> Decision {
    let row = page.rows[index]
    let wanted: Decision = row.expireTimestamp != 0 && row.expireTimestamp <= now ? .expired : .write
    guard options.filter.needsRows else { return wanted }
    let bytes = page.bytes
    let key = row.key(in: bytes.span.bytes)
    return options.filter.accepts(
      hashKey: key.hashKey, sortKey: key.sortKey, value: row.value(in: bytes.span.bytes))
      ? wanted : .filtered
  }

  /// Waits until at most `limit` of the window is in use.
  func waitUntilPending(atMost limit: Int) async {
    guard slots.load > limit else { return }
    await suspendOnLoop { continuation in
      // Between the look above and this one the loop may have had other turns.
      guard slots.load > limit else { return continuation.resume() }
      waiter = continuation
      waitsForAtMost = limit
    }
  }

  /// Waits until every row taken is decided.
  func drain() async { await waitUntilPending(atMost: 0) }

  /// Takes no more rows and repeats nothing; what is on its way is still waited for, and may still fail. A row that would
  /// have to be tried again has not failed: it is not done.
  func stop() {
    guard !isStopped else { return }
    isStopped = true
    if let queueTimer { EventLoop.shared.cancel(queueTimer) }
    queueTimer = nil
    let waiting = queue
    queue.removeAll()
    for index in waiting { release(index) }
  }

  /// After a stop and the last answer: moves the mark up to the last row taken, in the midst of its page, if no row before
  /// it is open.
  func settle() {
    guard let (page, number, taken) = offered else { return }
    offered = nil
    ledger.leaveOut(page.rows.count - taken, of: number, lastKey: taken > 0 ? page.key(at: taken - 1) : nil)
  }

  // MARK: Deciding

  func succeed(_ index: Int32) {
    let (number, count, bytes) = (slots[index].number, slots[index].count, slots[index].bytes)
    if slots[index].isOver {
      ledger.decide(number, .expired)
    } else {
      ledger.decide(number, .copied, count: count, bytes: bytes)
    }
    release(index)
  }

  func fail(_ index: Int32, _ reason: String) {
    let slot = slots[index]
    if let page = ledger.page(slot.number) {
      let order = ledger.order(of: slot.number)
      for place in slot.places {
        failures.add(Self.failedRow(page, slot.row(at: place, in: order), partition, reason), reason: reason)
      }
    }
    ledger.decide(slot.number, .failed, count: slot.count)
    release(index)
  }

  private static func failedRow(_ page: ScanPage, _ number: Int, _ partition: Int32, _ reason: String) -> FailedRow {
    let bytes = page.bytes
    let key = page.rows[number].key(in: bytes.span.bytes)
    return FailedRow(
      partition: partition, hashKey: [UInt8](key.hashKey), sortKey: [UInt8](key.sortKey), reason: reason)
  }

  func release(_ index: Int32) {
    pendingRows -= Int64(slots[index].count)
    slots.release(index)
    guard let waiting = waiter, slots.load <= waitsForAtMost else { return }
    waiter = nil
    waiting.resume()
  }
}
