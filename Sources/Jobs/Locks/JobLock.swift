import Glibc
import Synchronization

/// The right to work on a job, until `release` or the end of this value. The kernel takes it back when the process dies.
final class JobLock: Sendable {
  /// -1: released.
  private let open: Atomic<Int32>

  init(descriptor: Int32) { open = Atomic(descriptor) }

  deinit { release() }

  /// For a child that is to hold the lock, too.
  var descriptor: Int32 { open.load(ordering: .relaxed) }

  /// At once: a thread that has made the value may have a reference to it for a moment longer.
  func release() {
    let descriptor = open.exchange(-1, ordering: .relaxed)
    if descriptor >= 0 { close(descriptor) }
  }
}
