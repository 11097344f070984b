import EventLoop
import PegasusClient
import PegasusProtocol

/// The copy of one source partition: reads pages ahead, hands their rows to the writer, and is done when the last write
/// has been decided, not when the scan has ended.
@LoopActor
final class PartitionCopy {
  let partition: Int32
  private let gate: Gate
  private let writer: RowWriter
  private let reader: PartitionReader
  private let scanner: PartitionScanner
  private let options: CopyOptions
  /// Pages of which a row is still undecided, while rows of later ones are written.
  private static let maxOpenPages = 4096
  private(set) var state = PartitionProgress.State.waiting
  private var lastCheckpoint: PartitionCheckpoint?

  /// - Parameters:
  ///   - gate: while it is closed, nothing more is read or written
  ///   - checkpoint: where an earlier run has come to
  ///   - start: its key
  init(
    source: Table, partition: Int32, options: CopyOptions, writer: RowWriter, gate: Gate,
    resumingFrom checkpoint: PartitionCheckpoint?, start: PegasusKey?
  ) {
    self.partition = partition
    self.options = options
    self.gate = gate
    lastCheckpoint = checkpoint
    if checkpoint?.isFinished == true { state = .done }
    self.writer = writer
    var scan = ScanOptions()
    options.setBatch(of: &scan)
    scan.noValue = options.needsNoValues
    scan.returnExpiry = options.needsExpiry
    scan.pageLimit = max(options.timeout, options.giveUpAfter)
    scan.replyLimit = options.timeout
    scan.setFilter(options.filter)
    scan.start = start
    scan.startInclusive = start == nil
    scanner = PartitionScanner(table: source, partition: partition, options: scan)
    reader = PartitionReader(scanner, gate: gate)
  }

  var progress: PartitionProgress {
    PartitionProgress(
      partition: partition, state: state, counts: writer.counts, bytes: writer.ledger.decidedBytes,
      retries: writer.retries + Int64(scanner.retries), lastRetryReason: writer.lastRetryReason)
  }

  var failures: FailureLog { writer.failures }

  /// What the mark has come to; `nil` when that is known already.
  func takeCheckpoint() -> PartitionCheckpoint? {
    let checkpoint = writer.checkpoint(isFinished: state == .done)
    guard state != .waiting, checkpoint != lastCheckpoint else { return nil }
    lastCheckpoint = checkpoint
    return checkpoint
  }

  /// Copies the partition; returns when every row taken is decided or given up, whether it could be read to its end or not.
  ///
  /// - Throws: `ClientError` when the source could not be read to the end, or the target took nothing for too long
  func run() async throws(ClientError) {
    guard state == .waiting else { return }
    state = .running
    var isAtEnd = false
    do throws(ClientError) {
      isAtEnd = try await readAll()
    } catch {
      await end()
      state = error.isCancellation ? .stopped : .failed
      throw error
    }
    await end()
    let isDecided = isAtEnd && writer.ledger.openPages == 0
    state = writer.givenUp != nil || writer.counts.failed > 0 ? .failed : isDecided ? .done : .stopped
    if let error = writer.givenUp { throw error }
  }

  /// Waits for what is on its way, and lets the mark stand where it has come to.
  private func end() async {
    reader.close()
    writer.stop()
    await writer.drain()
    writer.settle()
  }

  /// Takes no more rows; what is on its way is still waited for.
  func stop() { writer.stop() }

  /// Whether the target gave reason to end this partition, and no other.
  var hasGivenUp: Bool { writer.givenUp != nil }

  /// - Returns: whether the end was reached
  private func readAll() async throws(ClientError) -> Bool {
    // Half a window free before more is offered: requests then leave in groups rather than one by one.
    let refill = max(writer.window / 2, 1)
    while let page = try await reader.next() {
      try checkExpiry(page)
      writer.clock.learn(from: page)
      var index = 0
      while index < page.rows.count {
        try await hold()
        if writer.isStopped { return false }
        index = writer.offer(page, from: index)
        if index < page.rows.count { await writer.waitUntilPending(atMost: writer.window - refill) }
      }
      if Task.isCancelled { throw cancelled }
    }
    if !writer.isStopped { await writer.drain() }
    return true
  }

  /// Waits while the gate is closed, the rate limit is used up, or one stubborn row keeps too many pages open.
  private func hold() async throws(ClientError) {
    while !writer.isStopped {
      if gate.isClosed { try await reader.wait() }
      let pause = writer.ledger.openPages > Self.maxOpenPages ? .milliseconds(50) : writer.pause
      guard pause > .zero else {
        if Task.isCancelled { throw cancelled }
        return
      }
      do { try await loopSleep(min(pause, .milliseconds(200))) } catch { throw cancelled }
    }
  }

  private var cancelled: ClientError { ClientError(.cancelled, while: "copy partition \(partition)") }

  /// Pegasus before 2.3 does not send expiries: copying without them would make every row permanent without a word.
  private func checkExpiry(_ page: ScanPage) throws(ClientError) {
    guard options.needsExpiry, !page.hasExpiry, !page.rows.isEmpty else { return }
    throw ClientError(
      .invalid(
        "the source's servers (before 2.3) do not send the expiry of rows, and every copied row would become "
          + "permanent; add --no_ttl if that is wanted"),
      while: "copy partition \(partition)")
  }
}
