import CLinux

/// What other threads hand to the loop: jobs of tasks and plain functions, with one wake-up per batch.
final class Inbox: Sendable {
  typealias Post = @Sendable @LoopActor () -> Void

  fileprivate struct Contents {
    var jobs: [LoopJob] = []
    var posts: [Post] = []
    /// The loop has been woken and has not yet looked.
    var woken = false
  }

  private let contents = Monitor(Contents())
  /// Readable when there is something in the inbox; watched edge-triggered, so that it need never be read.
  let wakeUp: Int32

  init() {
    wakeUp = clinux_eventfd()
    precondition(wakeUp >= 0, "the operating system refuses an event descriptor")
  }

  func push(_ job: LoopJob) {
    let mustWake = contents.withLock { contents in
      contents.jobs.append(job)
      return contents.mustWake()
    }
    if mustWake { clinux_eventfd_signal(wakeUp) }
  }

  func push(_ post: @escaping Post) {
    let mustWake = contents.withLock { contents in
      contents.posts.append(post)
      return contents.mustWake()
    }
    if mustWake { clinux_eventfd_signal(wakeUp) }
  }

  /// Moves everything behind what is in `jobs` and `posts`.
  func take(jobs: inout [LoopJob], posts: inout [Post]) {
    contents.withLock { contents in
      contents.woken = false
      jobs.append(contentsOf: contents.jobs)
      posts.append(contentsOf: contents.posts)
      contents.jobs.removeAll(keepingCapacity: true)
      contents.posts.removeAll(keepingCapacity: true)
    }
  }
}

extension Inbox.Contents {
  fileprivate mutating func mustWake() -> Bool {
    if woken { return false }
    woken = true
    return true
  }
}
