/// Suspends the task for at least `duration` without occupying a thread.
///
/// Throws `CancellationError` as soon as the task is cancelled.
@LoopActor
package func loopSleep(_ duration: Duration) async throws {
  try Task.checkCancellation()
  let sleeper = Sleeper()
  await withTaskCancellationHandler {
    await suspendOnLoop { sleeper.start(duration, $0) }
  } onCancel: {
    EventLoop.shared.post { sleeper.wake() }
  }
  try Task.checkCancellation()
}

@LoopActor
private final class Sleeper {
  private var continuation: UnsafeContinuation<Void, Never>?
  private var timer: TimerID?

  func start(_ duration: Duration, _ continuation: UnsafeContinuation<Void, Never>) {
    // The loop may have had turns since the task looked; then `wake` has come and gone.
    if Task.isCancelled { return continuation.resume() }
    self.continuation = continuation
    timer = EventLoop.shared.schedule(after: duration) { self.wake() }
  }

  func wake() {
    if let timer { EventLoop.shared.cancel(timer) }
    timer = nil
    continuation?.resume()
    continuation = nil
  }
}

/// `withDeadline` ran out of time.
package struct DeadlineExceeded: Error, Equatable, CustomStringConvertible {
  package var limit: Duration

  package init(limit: Duration) {
    self.limit = limit
  }

  package var description: String { "not done after \(limit.brief)" }
}

/// Runs `operation` and cancels it when it takes longer than `limit`; throws `DeadlineExceeded` then.
///
/// It returns when the operation has ended: one that ignores cancellation is waited for.
package func withDeadline<T: Sendable>(
  _ limit: Duration, _ operation: @escaping @Sendable () async throws -> T
) async throws -> T {
  try await withThrowingTaskGroup(of: T?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try await loopSleep(limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let value = first else { throw DeadlineExceeded(limit: limit) }
    return value
  }
}
