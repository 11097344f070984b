import Glibc
import Synchronization

/// One thread that waits for sockets, timers and jobs, and is itself the executor of `LoopActor`. Started at its first use; lives as long as the process.
///
/// Measured on the reference machine: a call between two parts on the loop costs about 40 ns, a hop from another thread
/// 11 µs. Hence everything that talks to sockets lives here, and writes are gathered until the end of the turn.
package final class EventLoop: SerialExecutor {
  package static let shared = EventLoop()

  /// For `withTaskExecutorPreference`: keeps a task on the loop's thread also where it is not isolated to `LoopActor`.
  package let taskExecutor = LoopTaskExecutor()

  private let inbox = Inbox()
  private let local = LocalJobs()
  private let thread = Atomic<UInt>(0)
  /// Confined to the loop.
  let reactor: Reactor

  private init() {
    reactor = Reactor(inbox: inbox, jobs: local)
    startThread(named: "event-loop") { [self] in
      thread.store(UInt(pthread_self()), ordering: .relaxed)
      LoopActor.assumeIsolated(on: self) { reactor.run(on: self) }
    }
  }

  /// Whether the caller is on the loop's thread.
  package var isCurrent: Bool {
    // Another thread reads 0 or the loop's identity, never its own.
    thread.load(ordering: .relaxed) == UInt(pthread_self())
  }

  // MARK: Executor

  package func enqueue(_ job: consuming ExecutorJob) {
    enqueue(LoopJob(job: UnownedJob(job), isPreferred: false))
  }

  func enqueue(_ job: LoopJob) {
    if isCurrent {
      local.waiting.append(job)
    } else {
      inbox.push(job)
    }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  package func checkIsolated() {
    precondition(isCurrent, "not on the thread of the event loop")
  }

  package func isIsolatingCurrentContext() -> Bool? {
    isCurrent
  }

  /// Runs `body` on the loop, soon; from any thread.
  package func post(_ body: @escaping @Sendable @LoopActor () -> Void) {
    if isCurrent {
      LoopActor.assumeIsolated(on: self) { reactor.nextTurn(body) }
    } else {
      inbox.push(body)
    }
  }

  // MARK: On the loop

  /// The time at which this turn of the loop began.
  @LoopActor package var now: Monotonic { reactor.now }

  /// Turns made so far, for statistics and tests.
  @LoopActor package var turns: UInt64 { reactor.turns }

  /// Calls `body` once, when `delay` has passed. Timers are as fine as a millisecond and never early.
  @LoopActor @discardableResult
  package func schedule(after delay: Duration, _ body: @escaping @LoopActor () -> Void) -> TimerID {
    reactor.schedule(at: .now() + max(delay, .zero), body)
  }

  /// Harmless when the timer has fired.
  @LoopActor package func cancel(_ timer: TimerID) {
    reactor.cancel(timer)
  }

  /// Calls `body` once: when the sockets that are readable in this turn have been read and the jobs have run, before
  /// anything is written. What it appends to a stream goes out in this turn.
  @LoopActor package func atEndOfTurn(_ body: @escaping @LoopActor () -> Void) {
    reactor.atEndOfTurn(body)
  }

  /// Calls `body` once, in the next turn.
  @LoopActor package func nextTurn(_ body: @escaping @LoopActor () -> Void) {
    reactor.nextTurn(body)
  }
}
