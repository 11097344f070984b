import Glibc

/// A few threads for work that blocks: name resolution, file systems, long compactions.
package enum BlockingPool {
  /// So many that long work on every core leaves threads for short work.
  private static let limit = max(8, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) + 4)

  private struct Queue {
    var work: [@Sendable () -> Void] = []
    var idle = 0
    var threads = 0
  }

  private static let queue = Monitor(Queue())

  /// Runs `body` on one of the threads; its error is thrown here. Not cancellable: the thread cannot be stopped.
  package static func run<T: Sendable, E: Error>(
    _ body: @escaping @Sendable () throws(E) -> T
  ) async throws(E) -> T {
    let call = Call(body)
    let result: Result<T, E> = await withUnsafeContinuation { continuation in
      submit { if let result = call.result() { continuation.resume(returning: consume result) } }
    }
    return try result.get()
  }

  /// A body that is run once. Neither it nor its result is held by the thread any longer when the answer is on its way:
  /// whoever gets it may have the last reference to a file, and open that anew.
  private final class Call<T: Sendable, E: Error>: Sendable {
    private let body: Monitor<(@Sendable () throws(E) -> T)?>

    init(_ body: @escaping @Sendable () throws(E) -> T) { self.body = Monitor(body) }

    /// Nil when it was asked for before.
    func result() -> Result<T, E>? {
      let body = body.withLock { $0.take() }
      do throws(E) {
        return try body.map { (body) throws(E) in .success(try body()) }
      } catch {
        return .failure(error)
      }
    }
  }

  /// Runs `body` on one of the threads, first come first served.
  package static func submit(_ body: @escaping @Sendable () -> Void) {
    let needsThread = queue.withLock { queue in
      queue.work.append(body)
      guard queue.idle < queue.work.count, queue.threads < limit else { return false }
      queue.threads += 1
      return true
    }
    if needsThread {
      startThread(named: "blocking-work") { work() }
    } else {
      queue.wakeOne()
    }
  }

  private static func work() -> Never {
    while true {
      queue.withLock { $0.idle += 1 }
      let body = queue.waitFor { queue -> (@Sendable () -> Void)? in
        guard !queue.work.isEmpty else { return nil }
        queue.idle -= 1
        return queue.work.removeFirst()
      }
      body()
    }
  }
}
