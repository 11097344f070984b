package import EventLoop
package import PegasusClient

/// Writes pages of rows into a table with many requests under way.
@LoopActor
package final class RowLoader {
  private let target: CopyTarget
  private let writer: RowWriter
  private let fatal = FatalError()

  /// What made going on senseless, if anything did.
  @LoopActor
  private final class FatalError {
    var error: ClientError?
  }

  /// - Parameter window: requests on their way at once
  package init(table: Table, window: Int = 4000) {
    var options = CopyOptions()
    options.maxInFlight = window
    target = CopyTarget(table: table, timeout: options.timeout)
    let fatal = fatal
    writer = RowWriter(target: target, options: options, partition: 0, clock: ExpiryClock(), geo: nil) { error in
      if fatal.error == nil { fatal.error = error }
    }
  }

  /// Writes a page; returns as soon as its last row is on its way.
  ///
  /// - Throws: `ClientError` when the table cannot be written to, or a row was refused
  package func write(_ page: ScanPage) async throws(ClientError) {
    if target.count == 0 { try await target.prepare() }
    var index = 0
    while index < page.rows.count {
      try check()
      index = writer.offer(page, from: index)
      if index < page.rows.count { await writer.waitUntilPending(atMost: writer.window / 2) }
    }
  }

  /// Waits for every row.
  ///
  /// - Returns: what became of the rows
  /// - Throws: `ClientError` when any of them was not written
  package func finish() async throws(ClientError) -> RowCounts {
    await writer.drain()
    try check()
    return writer.counts
  }

  /// Rows acknowledged so far, and the rest.
  package var counts: RowCounts { writer.counts }

  private func check() throws(ClientError) {
    if let error = fatal.error { throw error }
    if Task.isCancelled { throw ClientError(.cancelled, while: "write rows") }
    if let failure = writer.failures.first.first {
      throw ClientError(.rowsRefused(writer.counts.failed, first: failure.reason), while: "write rows")
    }
  }
}
