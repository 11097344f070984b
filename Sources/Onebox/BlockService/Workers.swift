internal import EventLoop

/// Does something for many, a few at a time.
@LoopActor
final class Workers {
  private var next = 0
  private var failure: (any Error)?
  private var tasks: [Task<Void, Never>] = []

  private init() {}

  /// Calls `body` with every number below `count`. The first failure cancels what is under way, and is thrown when all of
  /// it has ended; so is a cancellation.
  static func run(
    _ count: Int, atMost limit: Int, _ body: @escaping @LoopActor (Int) async throws -> Void
  ) async throws {
    let workers = Workers()
    let tasks = (0..<min(count, limit)).map { _ in
      Task { @LoopActor in await workers.work(count, body) }
    }
    workers.tasks = tasks
    await withTaskCancellationHandler {
      for task in tasks { await task.value }
    } onCancel: {
      for task in tasks { task.cancel() }
    }
    if let failure = workers.failure { throw failure }
    try Task.checkCancellation()
  }

  private func work(_ count: Int, _ body: @LoopActor (Int) async throws -> Void) async {
    while next < count, failure == nil, !Task.isCancelled {
      let number = next
      next += 1
      do {
        try await body(number)
      } catch {
        if failure == nil { failure = error }
        for task in tasks { task.cancel() }
      }
    }
  }
}
