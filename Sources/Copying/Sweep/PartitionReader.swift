package import EventLoop
package import PegasusClient

/// Reads a partition one page ahead of its consumer: the next page is under way while this one is worked on.
@LoopActor
package final class PartitionReader {
  private let scanner: PartitionScanner
  private var ahead: Task<Result<ScanPage?, ClientError>, Never>?

  package init(_ scanner: PartitionScanner) { self.scanner = scanner }

  /// - Returns: the next page; `nil` after the last one
  /// - Throws: `ClientError`
  package func next() async throws(ClientError) -> ScanPage? {
    let current = ahead ?? fetch()
    ahead = nil
    let page = try await withTaskCancellationHandler {
      await current.value
    } onCancel: {
      current.cancel()
    }.get()
    if page != nil { ahead = fetch() }
    return page
  }

  /// Gives up the rest.
  package func close() {
    ahead?.cancel()
    ahead = nil
    scanner.close()
  }

  private func fetch() -> Task<Result<ScanPage?, ClientError>, Never> {
    let scanner = scanner
    // Prefers the loop: what is bound to no actor, such as waiting for a continuation, would hop to another thread.
    return Task(executorPreference: EventLoop.shared.taskExecutor) { await Self.page(of: scanner) }
  }

  private static func page(of scanner: PartitionScanner) async -> Result<ScanPage?, ClientError> {
    do throws(ClientError) {
      return .success(try await scanner.next())
    } catch {
      return .failure(error)
    }
  }
}
