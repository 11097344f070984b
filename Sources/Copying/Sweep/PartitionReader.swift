package import EventLoop
package import PegasusClient

/// Reads a partition one page ahead of its consumer: the next page is under way while this one is worked on.
@LoopActor
package final class PartitionReader {
  private let scanner: PartitionScanner
  private let gate: Gate
  private let limiter: RateLimiter?
  private var ahead: Task<Result<ScanPage?, ClientError>, Never>?

  /// - Parameters:
  ///   - gate: while it is closed, no page is handed out
  ///   - limiter: what the reading is held to; `nil` when the consumer sees to that itself, or nobody does
  package init(_ scanner: PartitionScanner, gate: Gate = Gate(), limiter: RateLimiter? = nil) {
    self.scanner = scanner
    self.gate = gate
    self.limiter = limiter
  }

  /// - Returns: the next page, after the gate is open and the limit allows it; `nil` after the last one
  /// - Throws: `ClientError`
  package func next() async throws(ClientError) -> ScanPage? {
    try await wait()
    let current = ahead ?? fetch()
    ahead = nil
    let page = try await withTaskCancellationHandler {
      await current.value
    } onCancel: {
      current.cancel()
    }.get()
    guard let page else { return nil }
    limiter?.spend(rows: page.rowCount, bytes: page.bytes.count, at: .now())
    ahead = fetch()
    return page
  }

  /// Waits while the gate is closed or the limit is used up.
  ///
  /// - Throws: `ClientError` when the task is cancelled
  package func wait() async throws(ClientError) {
    do {
      repeat {
        if gate.isClosed { try await gate.pass() }
        try await limiter?.wait()
      } while gate.isClosed
    } catch {
      throw ClientError(.cancelled, while: scanner.table.phrase("scan partition \(scanner.partition)", "of"))
    }
  }

  /// Gives up the rest.
  package func close() {
    ahead?.cancel()
    ahead = nil
    scanner.close()
  }

  private func fetch() -> Task<Result<ScanPage?, ClientError>, Never> {
    let (scanner, gate) = (scanner, gate)
    // Prefers the loop: what is bound to no actor, such as waiting for a continuation, would hop to another thread.
    return Task(executorPreference: EventLoop.shared.taskExecutor) { await Self.page(of: scanner, gate) }
  }

  /// The page that is read ahead may be asked for in vain during a pause: the patience begins again after it.
  private static func page(of scanner: PartitionScanner, _ gate: Gate) async -> Result<ScanPage?, ClientError> {
    while true {
      let openings = gate.openings
      do throws(ClientError) {
        return .success(try await scanner.next())
      } catch {
        guard case .deadline = error.reason, gate.isClosed || gate.openings != openings else { return .failure(error) }
        guard (try? await gate.pass()) != nil else { return .failure(ClientError(.cancelled, while: error.action)) }
      }
    }
  }
}
