import EventLoop
import PegasusClient
import PegasusProtocol

/// The copy of one source partition: reads pages ahead, hands their rows to the writer, and is done when the last write
/// has been decided, not when the scan has ended.
@LoopActor
final class PartitionCopy {
  let partition: Int32
  private let writer: RowWriter
  private let reader: PartitionReader
  private let scanner: PartitionScanner
  private let options: CopyOptions
  private(set) var state = PartitionProgress.State.waiting

  init(source: Table, partition: Int32, options: CopyOptions, writer: RowWriter) {
    self.partition = partition
    self.options = options
    self.writer = writer
    var scan = ScanOptions()
    scan.batchSize = options.scanBatchSize
    scan.noValue = options.needsNoValues
    scan.returnExpiry = options.needsExpiry
    scan.pageLimit = max(options.timeout, options.giveUpAfter)
    scan.replyLimit = options.timeout
    scan.setFilter(options.filter)
    scanner = PartitionScanner(table: source, partition: partition, options: scan)
    reader = PartitionReader(scanner)
  }

  var progress: PartitionProgress {
    PartitionProgress(
      partition: partition, state: state, counts: writer.counts, bytes: writer.bytesCopied,
      retries: writer.retries + Int64(scanner.retries), lastRetryReason: writer.lastRetryReason)
  }

  var failures: FailureLog { writer.failures }

  /// Copies the partition; returns when every row taken is decided, whether it could be read to its end or not.
  ///
  /// - Throws: `ClientError` when the source could not be read to the end
  func run() async throws(ClientError) {
    state = .running
    do throws(ClientError) {
      try await readAll()
    } catch {
      reader.close()
      writer.stop(because: error.isCancellation ? "the copy was stopped" : "the copy ended early")
      await writer.drain()
      state = error.isCancellation ? .stopped : .failed
      throw error
    }
    await writer.drain()
    state = writer.isStopped ? .stopped : writer.counts.failed > 0 ? .failed : .done
  }

  /// Takes no more rows; what is on its way is still waited for.
  func stop(because reason: String) { writer.stop(because: reason) }

  private func readAll() async throws(ClientError) {
    // Half a window free before more is offered: requests then leave in groups rather than one by one.
    let refill = max(writer.window / 2, 1)
    while let page = try await reader.next() {
      try checkExpiry(page)
      var index = 0
      while index < page.rows.count {
        if writer.isStopped { return reader.close() }
        index = writer.offer(page, from: index)
        if index < page.rows.count { await writer.waitUntilPending(atMost: writer.window - refill) }
        while !writer.isStopped, !Task.isCancelled, writer.pause > .zero {
          try? await loopSleep(min(writer.pause, .milliseconds(200)))
        }
        if Task.isCancelled { throw ClientError(.cancelled, while: "copy partition \(partition)") }
      }
    }
  }

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
