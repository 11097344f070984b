/// What many tasks pass now and then, and where they wait while it is closed: how a job is paused.
@LoopActor
package final class Gate {
  private struct Waiter {
    var number: UInt64
    var continuation: UnsafeContinuation<Void, Never>
  }

  package private(set) var isClosed = false
  /// How often it was opened: a wait of any kind in which this has changed was not only a wait for what it waited for.
  package private(set) var openings = 0
  private var closedSince: Monotonic?
  private var closedBefore = Duration.zero
  private var waiters: [Waiter] = []
  private var lastNumber: UInt64 = 0

  /// Open.
  package init() {}

  /// Who comes from now on waits.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    closedSince = .now()
  }

  /// Lets everybody go on who waits.
  package func open() {
    guard isClosed else { return }
    closedBefore = timeClosed
    closedSince = nil
    isClosed = false
    openings += 1
    let released = waiters
    waiters = []
    for waiter in released { waiter.continuation.resume() }
  }

  /// How long it has been closed so far, all times together.
  package var timeClosed: Duration { closedBefore + (closedSince.map { .now() - $0 } ?? .zero) }

  /// Returns at once while the gate is open; waits while it is closed. Throws `CancellationError` when the task is
  /// cancelled, whether the gate is open or not.
  package func pass() async throws(CancellationError) {
    while isClosed, !Task.isCancelled { await wait() }
    if Task.isCancelled { throw CancellationError() }
  }

  private func wait() async {
    lastNumber += 1
    let number = lastNumber
    await withTaskCancellationHandler {
      await suspendOnLoop { continuation in
        // The loop may have had turns since the task looked: the gate may be open, and the cancellation come and gone.
        guard isClosed, !Task.isCancelled else { return continuation.resume() }
        waiters.append(Waiter(number: number, continuation: continuation))
      }
    } onCancel: {
      EventLoop.shared.post { self.leave(number) }
    }
  }

  private func leave(_ number: UInt64) {
    guard let place = waiters.firstIndex(where: { $0.number == number }) else { return }
    waiters.remove(at: place).continuation.resume()
  }
}
