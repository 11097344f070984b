import Glibc

/// State that several threads share, behind a mutex with a condition.
///
/// A pthread mutex rather than `Synchronization.Mutex`, because the thread sanitizer knows it.
/// Sendable: `state` is touched only inside `withLock`, by the thread that holds the mutex.
final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init(_ state: State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func withLock<R>(_ body: (inout State) -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  /// Blocks the thread until `take` finds something.
  func waitFor<R>(_ take: (inout State) -> R?) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let found = take(&state) { return found }
      pthread_cond_wait(condition, mutex)
    }
  }

  func wakeOne() {
    pthread_cond_signal(condition)
  }
}
