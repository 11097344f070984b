import EventLoop
import Jobs

/// Stops all jobs of this process in order. Whoever waits for that may lose patience.
@LoopActor
final class JobsStop {
  private var isOver = false
  private var waiter: CheckedContinuation<Void, Never>?

  /// Begins at once.
  init(_ jobs: JobCentre) {
    Task { @LoopActor in
      await jobs.stopAll()
      // What is said about their ends comes in the next turns of the loop.
      try? await loopSleep(.milliseconds(20))
      self.giveUp()
    }
  }

  /// Waits until they are stopped, until the time is up, or until `giveUp`.
  func wait(atMost limit: Duration = .seconds(10)) async {
    guard !isOver else { return }
    let timer = EventLoop.shared.schedule(after: limit) { self.giveUp() }
    await withCheckedContinuation { continuation in
      guard !isOver else { return continuation.resume() }
      waiter = continuation
    }
    EventLoop.shared.cancel(timer)
  }

  /// Nobody waits any longer.
  func giveUp() {
    isOver = true
    waiter?.resume()
    waiter = nil
  }
}
