/// A job and how it came: by the executor of the actor, or by that of tasks that prefer the loop.
struct LoopJob {
  var job: UnownedJob
  var isPreferred: Bool
}

/// Jobs that were enqueued on the loop's own thread: an array, no lock, no wake-up.
///
/// Sendable: only `EventLoop.enqueue`, after it has seen that it is on the loop's thread, and the reactor touch it.
final class LocalJobs: @unchecked Sendable {
  private static let batch = 256

  var waiting: [LoopJob] = []
  private var running: [LoopJob] = []
  private var position = 0

  var isEmpty: Bool { position == running.count && waiting.isEmpty }

  /// Runs the next few jobs, in the order in which they came; false when none is left.
  func runBatch(on loop: EventLoop) -> Bool {
    if position == running.count {
      running.removeAll(keepingCapacity: true)
      position = 0
      swap(&running, &waiting)
    }
    let serial = loop.asUnownedSerialExecutor()
    let preferred = loop.taskExecutor.asUnownedTaskExecutor()
    let end = min(running.count, position + Self.batch)
    while position < end {
      let next = running[position]
      position += 1
      // The runtime enqueues a task anew at its next call when it runs under another preference than its own.
      if next.isPreferred {
        next.job.runSynchronously(isolatedTo: serial, taskExecutor: preferred)
      } else {
        next.job.runSynchronously(on: serial)
      }
    }
    return !isEmpty
  }
}
