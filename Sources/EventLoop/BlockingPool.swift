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
    let result: Result<T, E> = await withUnsafeContinuation { continuation in
      submit {
        let result: Result<T, E>
        do throws(E) {
          result = .success(try body())
        } catch {
          result = .failure(error)
        }
        continuation.resume(returning: result)
      }
    }
    return try result.get()
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
