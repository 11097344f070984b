/// Jobs that were enqueued on the loop's own thread: an array, no lock, no wake-up.
///
/// Sendable: only `EventLoop.enqueue`, after it has seen that it is on the loop's thread, and the reactor touch it.
final class LocalJobs: @unchecked Sendable {
  private static let batch = 256

  var waiting: [UnownedJob] = []
  private var running: [UnownedJob] = []
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
    let end = min(running.count, position + Self.batch)
    while position < end {
      let job = running[position]
      position += 1
      // Not with the loop as task executor too: tasks without that preference would then be enqueued anew at every call.
      job.runSynchronously(on: serial)
    }
    return !isEmpty
  }
}
