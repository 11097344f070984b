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
final class RowWriter: ReplySink {
  var ledger: PageLedger
  private(set) var failures = FailureLog()
  /// Requests that had to be repeated, and why the last one had.
  private(set) var retries: Int64 = 0
  private(set) var lastRetryReason = ""

  let target: CopyTarget
  let options: CopyOptions
  private let partition: Int32
  /// The most that may be under way: requests, or where requests hold many rows, their weight.
  let window: Int
  let clock: ExpiryClock
  let limiter: RateLimiter
  private let gate: Gate
  /// `nil` when nobody wants to know how fast the target answers.
  let watch: TargetWatch?
  /// An earlier run of the same job may have written rows that are not in its account.
  let isResumed: Bool
  let geo: GeoWriter?
  /// Called when going on makes no sense for the whole copy.
  private let onFatal: @LoopActor (ClientError) -> Void

  var slots = SlotTable()
  /// Used while rows are put together.
  var groups = RowGroups()
  /// Rows in slots.
  private var pendingRows: Int64 = 0
  /// The page that rows are being taken of, its number in the ledger, and how many rows have been taken.
  private var offered: (page: ScanPage, number: Int32, taken: Int)?
  private var queue: [Int32] = []
  private var queueTimer: TimerID?
  private var needsRefresh = false
  private(set) var isStopped = false
  /// Why the writer stopped by itself: the target took nothing for too long.
  private(set) var givenUp: ClientError?
  private var lastSignOfLife = EventLoop.shared.now
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
      case .multiSet where !options.limitsRows: options.maxMultiSetConcurrency
      case .duplicate: max(options.maxInFlight, Self.duplicateWindow)
      default: options.maxInFlight
      }
  }

  /// Rows under way for one partition in `duplicate`: some requests, so that the connection is never idle.
  private static let duplicateWindow = 4000
  /// Bytes that weigh as much as a row.
  private static let bytesPerWeight: Int64 = 512

  private func weight(of slot: borrowing SlotTable.Slot) -> Int32 {
    guard options.limitsRows || options.mode == .duplicate else { return 1 }
    return max(slot.count, Int32(clamping: slot.bytes / Self.bytesPerWeight))
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
    rows: while index < page.rows.count, slots.load < window, !isStopped {
      switch decide(page, index, now) {
      case .expired:
        ledger.decide(number, .expired)
        index += 1
      case .filtered:
        ledger.decide(number, .filtered)
        index += 1
      case .write:
        guard pause == .zero else { break rows }
        if options.mode == .duplicate {
          index = takeGroups(page, index, now, number)
          continue
        }
        let count = options.mode == .multiSet ? neighbours(page, index, now) : 1
        var bytes: Int64 = 0
        for row in index..<(index + count) { bytes += Int64(page.rows[row].keyLength + page.rows[row].valueLength) }
        take(
          SlotTable.Slot(page: page, first: Int32(index), count: Int32(count), number: number, bytes: bytes))
        index += count
      }
    }
    offered = index < page.rows.count ? (page, number, index) : nil
    return index
  }

  /// The page's number in the ledger; a page that is not the one offered before is a new one.
  private func number(of page: ScanPage) -> Int32 {
    if let offered, offered.page === page { return offered.number }
    return ledger.open(rows: page.rows.count, lastKey: page.key(at: page.rows.count - 1))
  }

  /// How long the rate limit forbids to take another row.
  var pause: Duration { limiter.isLimiting ? limiter.pause(at: .now()) : .zero }

  /// Sends rows that are under way from now on.
  func take(_ slot: consuming SlotTable.Slot) {
    if limiter.isLimiting { limiter.spend(rows: Int(slot.count), bytes: Int(slot.bytes), at: .now()) }
    slot.weight = weight(of: slot)
    pendingRows += Int64(slot.count)
    send(slots.take(slot))
  }

  enum Decision { case write, expired, filtered }

  func decide(_ page: ScanPage, _ index: Int, _ now: UInt32) -> Decision {
    let row = page.rows[index]
    if row.expireTimestamp != 0 && row.expireTimestamp <= now { return .expired }
    guard options.filter.needsRows else { return .write }
    let bytes = page.bytes
    let key = row.key(in: bytes.span.bytes)
    return options.filter.accepts(
      hashKey: key.hashKey, sortKey: key.sortKey, value: row.value(in: bytes.span.bytes))
      ? .write : .filtered
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

  // MARK: Answers

  func received(token: UInt64, error: ErrorCode, body: inout ByteReader) throws(ByteError) {
    let index = Int32(truncatingIfNeeded: token)
    guard error == .ok else { return refused(index, error) }
    lastSignOfLife = EventLoop.shared.now
    watch?.answered(sent: slots[index].sent, rows: slots[index].count)
    if options.mode == .putIfAbsent { return checked(index, try CheckAndSet.readResponse(&body)) }
    let answer = body
    let status = try HotReplies.updateStatus(&body)
    if status == .invalidArgument, options.mode == .duplicate, try refusesAll(answer) { return release(index) }
    guard status == .ok else { return rejected(index, status) }
    succeed(index)
  }

  func failed(token: UInt64, error: RPCError) {
    let index = Int32(truncatingIfNeeded: token)
    // As long as that it took at least.
    if case .timeout = error { watch?.answered(sent: slots[index].sent, rows: 0) }
    // One bad reply takes down all requests of its connection; most of them had nothing to do with it.
    if case .garbage = error { return later(index, because: "\(error)", refresh: false) }
    switch target.table.cluster.options.retry.verdict(on: error, repeatable: true) {
    case .retry(let refresh): later(index, because: "\(error)", refresh: refresh != .none)
    default: fail(index, "\(error)")
    }
  }

  /// An error in the frame: the replica server did not take the request.
  private func refused(_ index: Int32, _ code: ErrorCode) {
    if code == .busy || code == .capacityExceeded || code == .splitting {
      // It answers, and asks for time: a table that is throttled is waited for, however long it takes.
      lastSignOfLife = EventLoop.shared.now
      watch?.refused(sent: slots[index].sent, because: code.name)
    }
    switch target.table.cluster.options.retry.verdict(on: code, repeatable: true) {
    case .retry(let refresh): return later(index, because: code.name, refresh: refresh != .none)
    default: break
    }
    if slots[index].count > 1 { return split(index) }
    fail(index, code.name)
    // These are not about one row: nothing would be taken any more.
    if [.aclDeny, .unauthenticated, .operationDisabled, .appNotExist, .handlerNotFound].contains(code) {
      onFatal(
        ClientError(.refused(code, hint: ""), while: target.table.phrase("write", "to")))
    }
  }

  /// A status of the storage engine other than ok.
  private func rejected(_ index: Int32, _ status: StorageStatus) {
    switch status {
    case .busy, .timedOut, .tryAgain, .ioError, .incomplete:
      watch?.refused(sent: slots[index].sent, because: status.name)
      later(index, because: "storage: \(status.name)", refresh: false)
    default:
      if slots[index].count > 1 { return split(index) }
      fail(index, "storage: \(status.name)")
    }
  }

  /// A refusal of duplicated writes as such, which is not about one row: the copy ends.
  private func refusesAll(_ answer: consuming ByteReader) throws(ByteError) -> Bool {
    let hint = try Duplicate.readResponse(&answer).errorHint ?? ""
    guard hint.contains("self-duplicating") || hint.contains("unconfigured") else { return false }
    onFatal(
      ClientError(
        .invalid("the target's servers do not take duplicated writes: \(hint)"),
        while: target.table.phrase("write", "to")))
    return true
  }

  private func checked(_ index: Int32, _ reply: CheckAndSetResponse) {
    switch reply.error {
    case .ok: succeed(index)
    case .tryAgain:
      // The row with our value: an earlier attempt, or an earlier run beyond its last checkpoint, has written it; or it was
      // there before, which cannot be told apart and makes no difference on the target.
      let slot = slots[index]
      if reply.checkValueReturned, reply.checkValueExist, let page = slot.page,
        reply.checkValue == (options.dropsValues ? [] : page.value(at: Int(slot.first)))
      {
        return succeed(index)
      }
      ledger.decide(slot.number, .existing)
      release(index)
    default: rejected(index, reply.error)
    }
  }

  /// Several rows that were refused together are tried one by one, so that one bad row costs one row.
  func split(_ index: Int32) {
    let slot = slots[index]
    guard let page = slot.page else { return }
    retries += 1
    for place in slot.places {
      let row = page.rows[slot.row(at: place)]
      var single = SlotTable.Slot(
        page: page, first: Int32(slot.row(at: place)), count: 1, number: slot.number,
        bytes: Int64(row.keyLength + row.valueLength))
      single.weight = weight(of: single)
      pendingRows += 1
      send(slots.take(single))
    }
    release(index)
  }

  // MARK: Deciding

  func succeed(_ index: Int32) {
    let (number, count, bytes) = (slots[index].number, slots[index].count, slots[index].bytes)
    ledger.decide(number, .copied, count: count, bytes: bytes)
    release(index)
  }

  func fail(_ index: Int32, _ reason: String) {
    let slot = slots[index]
    ledger.decide(slot.number, .failed, count: slot.count)
    if let page = slot.page {
      for place in slot.places {
        failures.add(Self.failedRow(page, slot.row(at: place), partition, reason), reason: reason)
      }
    }
    release(index)
  }

  private static func failedRow(_ page: ScanPage, _ number: Int, _ partition: Int32, _ reason: String) -> FailedRow {
    let bytes = page.bytes
    let key = page.rows[number].key(in: bytes.span.bytes)
    return FailedRow(
      partition: partition, hashKey: [UInt8](key.hashKey), sortKey: [UInt8](key.sortKey), reason: reason)
  }

  private func release(_ index: Int32) {
    pendingRows -= Int64(slots[index].count)
    slots.release(index)
    guard let waiting = waiter, slots.load <= waitsForAtMost else { return }
    waiter = nil
    waiting.resume()
  }

  // MARK: Trying again

  func later(_ index: Int32, because reason: String, refresh: Bool) {
    if isStopped { return release(index) }
    let now = EventLoop.shared.now
    // Nothing is hurried during a pause, and the patience begins again after it.
    if gate.isClosed { lastSignOfLife = now }
    if now - lastSignOfLife > options.giveUpAfter { return giveUp(index, because: reason) }
    retries += 1
    lastRetryReason = reason
    needsRefresh = needsRefresh || refresh
    slots[index].attempt += 1
    queue.append(index)
    guard queueTimer == nil else { return }
    let pause = target.table.cluster.options.retry.pause(after: Int(slots[index].attempt))
    queueTimer = EventLoop.shared.schedule(after: pause) { [weak self] in self?.retryQueue() }
  }

  /// The target's silence is not about this row, nor about any other: they are not done, and the partition has failed.
  private func giveUp(_ index: Int32, because reason: String) {
    givenUp = ClientError(
      .invalid("no write succeeded for \(options.giveUpAfter.brief); last: \(reason)"),
      while: target.table.phrase("write the rows of source partition \(partition)", "to"))
    release(index)
    stop()
  }

  private func retryQueue() {
    queueTimer = nil
    guard needsRefresh else { return resend() }
    needsRefresh = false
    Task { @LoopActor in
      do throws(ClientError) {
        try await self.target.refresh()
      } catch {
        // The table is gone or another one: that will not pass. A silent meta server will.
        switch error.reason {
        case .noSuchTable, .invalid: self.onFatal(error)
        default: break
        }
      }
      self.resend()
    }
  }

  private func resend() {
    let waiting = queue
    queue.removeAll(keepingCapacity: true)
    for index in waiting {
      if isStopped { release(index) } else { send(index) }
    }
  }
}
