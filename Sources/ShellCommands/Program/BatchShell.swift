import CommandLineKit
package import EventLoop
import Jobs
import Terminal

/// Runs a script: no prompt, stops at the first failure unless told otherwise.
@LoopActor
package final class BatchShell {
  private let session: Session
  private let script: ScriptReader
  private var current: CommandRun?
  private var isWaitingForJobs = false
  /// The worst end of a job in the background.
  private var worstJob = ExitStatus.ok
  /// SIGINT, SIGTERM or SIGHUP came.
  package private(set) var endedBySignal: Int32?
  /// Called when one comes while no command runs: the script is waited for, perhaps for ever.
  package var onIdleSignal: (@LoopActor (Int32) -> Void)?

  package init(session: Session, script: ScriptReader) {
    self.session = session
    self.script = script
    session.desk.onNotice = { [weak session] notice in
      switch notice.weight {
      case .info: session?.output.info(notice.text)
      case .warning: session?.output.warning(notice.text)
      case .error: session?.output.error(notice.text)
      }
    }
    session.desk.onEnded = { [weak self] ending, place, isJSON in self?.show(ending, place: place, isJSON: isJSON) }
  }

  /// Runs everything, waits for the jobs that were put into the background, and answers the exit status: the worst one
  /// met.
  package func run() async -> ExitStatus {
    for line in await InterruptedJobs.lines(in: session) { session.output.note(line) }
    let worst = await runLines()
    await waitForJobs()
    session.output.flush()
    if case .failed(let target, let reason) = session.output.broken {
      session.output.error("cannot write to \(target): \(reason)")
      return max(worst, worstJob, .problem)
    }
    return max(worst, worstJob)
  }

  private func runLines() async -> ExitStatus {
    var worst = ExitStatus.ok
    while endedBySignal == nil, session.output.broken == nil, !session.wantsExit {
      var line: ScriptLines.Line?
      do {
        line = try await script.next()
      } catch {
        report(error, at: "")
        return max(worst, error.status)
      }
      guard let line else { break }
      guard let error = await run(line) else { continue }
      worst = max(worst, error.status)
      if error.status == .interrupted, endedBySignal != nil { break }
      if !session.options.keepsGoing { break }
    }
    return worst
  }

  private func run(_ line: ScriptLines.Line) async -> ShellError? {
    var place = "\(script.name):\(line.number): "
    do {
      let statement = try Tokenizer.statement(line.text)
      guard let first = statement.tokens.first else { return nil }
      place += (first.text.utf8.count > 60 ? first.text.prefix(60) + "…" : first.text) + ": "
      switch try session.registry.lookUp(statement.tokens) {
      case .help(let description):
        session.output.write(HelpRenderer(width: 100).page(description))
        return nil
      case .command(let command):
        try session.begin(
          command, line: String(decoding: line.text, as: UTF8.self), place: place, isBackground: statement.isBackground)
        let run = CommandRun(session: session)
        current = run
        defer { current = nil }
        guard let error = await run.run(command) else { return nil }
        report(error, at: place)
        return error
      }
    } catch {
      let shown = ShellError(error)
      report(shown, at: place)
      return shown
    }
  }

  private func report(_ error: ShellError, at place: String) {
    // Whoever read the results has gone; that needs no words.
    if session.output.broken == .closed { return }
    session.output.note("\(place)\(error)")
  }

  // MARK: Jobs

  private func show(_ ending: JobEnding, place: String, isJSON: Bool) {
    session.output.info("#\(ending.id) \(ending.plan.kind) \(ending.plan.title) has ended")
    ending.show(on: session.output, asJSON: isJSON)
    guard let error = ending.error else { return }
    worstJob = max(worstJob, error.status)
    report(error, at: place)
  }

  /// The script has come to its end, and its jobs have not.
  private func waitForJobs() async {
    if endedBySignal != nil || session.output.broken != nil { return await stopJobs() }
    isWaitingForJobs = true
    defer { isWaitingForJobs = false }
    var left: Set<JobID> = []
    while let next = session.desk.background.first(where: { !left.contains($0.id) }), endedBySignal == nil {
      session.output.info("waiting for #\(next.id) \(next.plan.kind) \(next.plan.title)")
      if await watch(next) == false { left.insert(next.id) }
    }
    while !session.desk.background.isEmpty { await session.desk.waitForAnEnd() }
  }

  /// Shows a job until it ends; false when it was left and goes on.
  private func watch(_ job: Job) async -> Bool {
    guard let entry = session.desk[job.id], session.desk.attach(job.id) != nil else { return true }
    let watch = JobWatch(own: job, in: session)
    session.watch = watch
    defer { session.watch = nil }
    guard case .ended(let end) = await watch.follow() else { return false }
    show(JobEnding(id: job.id, plan: job.plan, end: end), place: entry.place, isJSON: entry.isJSON)
    return true
  }

  /// Stops them in order, unless that takes too long.
  private func stopJobs() async {
    await JobsStop(session.jobs).wait()
  }

  /// A signal that ends the run: the command is asked to stop; the second one leaves it.
  package func interrupt(_ number: Int32) {
    let isFirst = endedBySignal == nil
    endedBySignal = number
    if let current { return current.interrupt() }
    guard isFirst, !session.desk.background.isEmpty || isWaitingForJobs else { return endAtOnce(number) }
    Task { @LoopActor in
      await self.stopJobs()
      if !self.isWaitingForJobs { self.endAtOnce(number) }
    }
  }

  private func endAtOnce(_ number: Int32) {
    session.output.flush()
    onIdleSignal?(number)
  }

  /// Nobody reads the results any more: the command need not go on.
  package func stop() { current?.interrupt() }
}
