/// What happens in one turn of the loop, on the loop's thread: wait, hand out readiness, fire timers, run jobs, close the
/// turn, write.
///
/// Each step is bounded, so that no step starves another; what is left over makes the next wait return at once.
@LoopActor
final class Reactor {
  /// Timers fired per turn.
  private static let timerBudget = 1024
  /// Nanoseconds that jobs may take per turn before the sockets get their turn again.
  private static let jobBudget: Int64 = 2_000_000

  let poller: Poller
  private let inbox: Inbox
  private let jobs: LocalJobs
  private var timers = TimerHeap<@LoopActor () -> Void>()
  private var posts: [Inbox.Post] = []
  private var endOfTurn: [@LoopActor () -> Void] = []
  private var dirty: [TCPStream] = []
  private(set) var now = Monotonic.now()
  /// Turns made so far.
  private(set) var turns: UInt64 = 0

  nonisolated init(inbox: Inbox, jobs: LocalJobs) {
    self.inbox = inbox
    self.jobs = jobs
    poller = Poller(wakeUp: inbox.wakeUp)
  }

  func run(on loop: EventLoop) -> Never {
    while true { turn(loop) }
  }

  private func turn(_ loop: EventLoop) {
    let count = poller.wait(milliseconds: waitTime())
    now = .now()
    turns &+= 1
    if poller.dispatch(count) { inbox.take(jobs: &jobs.waiting, posts: &posts) }
    fireTimers()
    runPosts()
    runJobs(loop)
    closeTurn()
    flush()
  }

  private func waitTime() -> Int32 {
    guard jobs.isEmpty, posts.isEmpty, endOfTurn.isEmpty, dirty.isEmpty else { return 0 }
    guard let deadline = timers.nextDeadline() else { return -1 }
    return (deadline - .now()).wholeMilliseconds
  }

  private func fireTimers() {
    for _ in 0..<Self.timerBudget {
      guard let body = timers.popDue(at: now) else { return }
      body()
    }
  }

  private func runPosts() {
    guard !posts.isEmpty else { return }
    let batch = posts
    posts.removeAll()
    for post in batch { post() }
  }

  private func runJobs(_ loop: EventLoop) {
    let start = now.nanoseconds
    while jobs.runBatch(on: loop) {
      if Monotonic.now().nanoseconds &- start > Self.jobBudget { return }
    }
  }

  private func closeTurn() {
    guard !endOfTurn.isEmpty else { return }
    let batch = endOfTurn
    endOfTurn.removeAll(keepingCapacity: true)
    for body in batch { body() }
  }

  private func flush() {
    var index = 0
    let count = dirty.count
    while index < count {
      dirty[index].flush()
      index += 1
    }
    dirty.removeFirst(count)
  }

  // MARK: For the parts on the loop

  func schedule(at deadline: Monotonic, _ body: @escaping @LoopActor () -> Void) -> TimerID {
    timers.schedule(at: deadline, body)
  }

  func cancel(_ timer: TimerID) {
    timers.cancel(timer)
  }

  func atEndOfTurn(_ body: @escaping @LoopActor () -> Void) {
    endOfTurn.append(body)
  }

  func nextTurn(_ body: @escaping Inbox.Post) {
    posts.append(body)
  }

  func flushLater(_ stream: TCPStream) {
    dirty.append(stream)
  }
}
