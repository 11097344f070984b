import EventLoop
import Jobs
import Terminal

/// Shows a job once a second and takes keys for it, until it ends or the person leaves it.
@LoopActor
final class JobWatch {
  enum Result {
    /// The job has ended.
    case ended(JobEnd)
    /// The process that worked on it has gone without a word.
    case interrupted
    /// The person went back to the prompt; the job goes on.
    case detached
    /// The prompt was taken back by force; nothing may be shown any more.
    case abandoned
  }

  /// How often keys are looked for.
  private static let keyInterval: Duration = .milliseconds(50)

  private let session: Session
  private let id: JobID
  /// nil: another process runs it.
  private let own: Job?
  private let view = ProgressView(minimumInterval: .zero)
  private let text: JobView
  private let keys: KeyReader
  private var record: JobRecord
  private var end: JobEnd?
  private var showsParts = false
  private var showsHelp = false
  private var isDetached = false
  private var isAbandoned = false
  private var isStopping = false
  private var isInterrupted = false
  private var wasPaused = false
  private var lastLine: LastLine
  private var sleeper: CheckedContinuation<Void, Never>?
  private var timer: TimerID?

  /// Shows a job of this shell: Ctrl-C stops it.
  init(own job: Job, in session: Session) {
    self.session = session
    id = job.id
    own = job
    record = job.record
    lastLine = LastLine(job.progress)
    text = JobView(style: session.output.messageStyle)
    keys = KeyReader(takesSuspend: session.options.isInteractive)
  }

  /// Shows a job that another process runs: Ctrl-C leaves it.
  init(elsewhere record: JobRecord, in session: Session) {
    self.session = session
    id = record.id
    own = nil
    self.record = record
    lastLine = LastLine(record.progress)
    text = JobView(style: session.output.messageStyle)
    keys = KeyReader(takesSuspend: session.options.isInteractive)
  }

  /// Returns when there is nothing more to show here.
  func follow() async -> Result {
    let loop = Task { @LoopActor in await self.run() }
    return await withTaskCancellationHandler {
      await loop.value
    } onCancel: {
      EventLoop.shared.post { self.interrupt() }
    }
  }

  /// The prompt is in use again: neither keys nor the screen may be touched from now on.
  ///
  /// - Returns: the job that goes on without anybody looking; nil when there is none of this shell
  func abandon() -> JobID? {
    isAbandoned = true
    keys.end()
    view.abandon()
    if session.output.progress === view { session.output.progress = nil }
    let goesOn = own != nil && session.desk.detach(id)
    if session.watch === self { session.watch = nil }
    wake()
    return goesOn ? id : nil
  }

  /// Ctrl-C.
  private func interrupt() {
    guard let own else {
      isDetached = true
      return wake()
    }
    isStopping = true
    own.stop()
    wake()
  }

  // MARK: The loop

  private func run() async -> Result {
    if let own {
      Task { @LoopActor in
        self.end = await own.outcome()
        self.wake()
      }
    }
    session.output.progress = view
    let hasKeys = session.options.readsKeys && view.isRepainting && keys.begin()
    var nextShow = EventLoop.shared.now + (hasKeys ? .milliseconds(200) : .seconds(1))
    while !isOver {
      await sleep(hasKeys ? min(Self.keyInterval, max(.zero, nextShow - .now())) : nextShow - .now())
      if isOver { break }
      var isDue = Monotonic.now() >= nextShow
      if hasKeys { isDue = await takeKeys() || isDue }
      if isDue, !isOver {
        await look()
        guard !isOver else { break }
        show()
        nextShow = .now() + .seconds(1)
      }
    }
    return close()
  }

  private var isOver: Bool { isAbandoned || isDetached || isInterrupted || end != nil }

  private func close() -> Result {
    if isAbandoned { return .abandoned }
    if let end {
      if let own { record = own.record }
      if !view.isRepainting { showLine(isLast: true) }
      leaveScreen()
      return .ended(end)
    }
    leaveScreen()
    return isInterrupted ? .interrupted : .detached
  }

  private func leaveScreen() {
    keys.end()
    view.finish()
    if session.output.progress === view { session.output.progress = nil }
  }

  private func sleep(_ duration: Duration) async {
    await withCheckedContinuation { continuation in
      guard !isOver else { return continuation.resume() }
      sleeper = continuation
      timer = EventLoop.shared.schedule(after: max(duration, .zero)) { self.wake() }
    }
  }

  private func wake() {
    if let timer { EventLoop.shared.cancel(timer) }
    timer = nil
    let waiting = sleeper
    sleeper = nil
    waiting?.resume()
  }

  /// Takes the present state over; a job of another process ends here by being seen to have ended.
  private func look() async {
    if let own {
      record = own.record
    } else if let fresh = try? await session.jobs.record(id) {
      record = fresh
      if fresh.isInterrupted {
        isInterrupted = true
      } else if !fresh.isHeld || !fresh.state.isActive {
        end = JobEnd(state: fresh.state, outcome: fresh.outcome, didNothing: fresh.didNothing)
      }
    }
  }

  // MARK: What is shown

  private func show() {
    guard view.isRepainting else { return showLine() }
    let screen = TerminalCapabilities(descriptor: 2, colours: .never)
    view.update(
      block: text.block(
        record, columns: screen.columns, rows: screen.rows, showsParts: showsParts, footer: footer),
      plain: nil)
  }

  private func showLine(isLast: Bool = false) {
    guard let progress = record.progress else { return }
    // A line that says the same again every second is of no use.
    let isPaused = record.state == .paused
    defer { wasPaused = isPaused }
    if isPaused, wasPaused, !isLast { return }
    let step = lastLine.step(to: progress)
    view.update(block: [], plain: "INFO: " + JobView.plain(progress, step: step) + (isPaused ? ", paused" : ""))
  }

  private var footer: [String] {
    guard session.options.readsKeys else { return [] }
    let style = session.output.messageStyle
    if isStopping { return ["  " + style(.dim, "stopping in order; Ctrl-C again leaves it alone")] }
    let pause = record.state == .paused ? "r resume" : "p pause"
    let leave = own == nil ? "q leaves" : "q background"
    let rate = record.progress?.isWatched == true ? "" : "+ - rate  "
    let line = "  space partitions  \(pause)  \(rate)\(leave)  " + (own == nil ? "? help" : "Ctrl-C stops  ? help")
    guard showsHelp else { return [style(.dim, line)] }
    return JobKeys.help(isOwn: own != nil).map { style(.dim, "  " + $0) }
  }

  // MARK: Keys

  /// Does what was typed; whether there is something new to show.
  private func takeKeys() async -> Bool {
    let pressed = keys.take()
    if !pressed.typedAhead.isEmpty { session.input.typeAhead(pressed.typedAhead) }
    for key in pressed.keys where !isOver { await obey(key) }
    return !pressed.keys.isEmpty
  }

  private func obey(_ key: Character) async {
    switch key {
    case " ": showsParts.toggle()
    case "?": showsHelp.toggle()
    case "q", "Q", KeyPresses.suspend: isDetached = own == nil || session.desk.detach(id)
    case "p", "P": await ask(.pause)
    case "r", "R": await ask(.resume)
    case "+": await changeRate(by: 1.25)
    case "-", "_": await changeRate(by: 0.75)
    default: break
    }
  }

  private func changeRate(by factor: Double) async {
    guard record.progress?.isWatched != true else {
      return view.log("INFO: #\(id) only watches: 'rate_limit' limits what the servers do")
    }
    guard let rate = JobKeys.rate(after: record, factor: factor) else {
      return view.log("INFO: #\(id) has no limit; - sets one")
    }
    await ask(.rate(rate))
  }

  private func ask(_ request: JobRequest) async {
    do {
      record = try await session.jobs.request(id, request)
    } catch {
      view.log(session.output.messageStyle(.warning, "WARNING: ") + ShellError(error).description)
    }
  }
}
