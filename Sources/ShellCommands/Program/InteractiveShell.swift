import CommandLineKit
import Configuration
package import EventLoop
import Glibc
import Jobs
package import Terminal

/// The prompt.
@LoopActor
package final class InteractiveShell {
  private let session: Session
  private let editor: LineEditor
  private let input: EditorInput
  private let style: Style
  private var current: CommandRun?
  /// Ctrl-C came between the end of a line and the start of its command.
  private var wasInterrupted = false
  /// The jobs are being stopped, and the shell ends.
  private var leaving: JobsStop?
  private var jobStatus: [String] = []
  private var lastElapsed = ""

  package init(session: Session, editor: LineEditor, input: EditorInput, style: Style) {
    self.session = session
    self.editor = editor
    self.input = input
    self.style = style
    session.embedded.onStarted = { [weak self] message in
      guard let self, self.current == nil else { return false }
      self.editor.post(message)
      return true
    }
    session.desk.onNotice = { [weak self] in self?.tell($0) }
    session.desk.onEnded = { [weak self] ending, _, _ in
      self?.tell(JobNotice(ending.error == nil ? .info : .error, ending.message))
    }
    session.desk.onStatus = { [weak self] status in
      self?.jobStatus = status
      self?.showRightPrompt()
    }
    session.desk.onChanged = { [weak session] in session?.refreshJobNames() }
  }

  /// Reads and runs commands until Ctrl-D or `exit`.
  package func run() async {
    _ = input.begin()
    showStart()
    if let definition = session.definition {
      session.embedded.startInBackground(definition)
      session.refreshNames()
    }
    Task { @LoopActor in
      for line in await InterruptedJobs.lines(in: self.session) { self.tell(JobNotice(.warning, line)) }
    }
    var endsInARow = 0
    while session.output.broken == nil {
      wasInterrupted = false
      switch await editor.readLine(prompt: prompt, initial: input.typedAhead()) {
      case .line(let text):
        endsInARow = 0
        await run(text)
        if session.wantsExit, await leave() { return }
        session.wantsExit = false
      case .interrupted: endsInARow = 0
      case .endOfInput:
        endsInARow += 1
        // A terminal that has gone away cannot be asked.
        if await leave(asks: endsInARow < 3) { return }
      case .failed(let reason):
        session.output.error("cannot read the terminal: \(reason)")
        _ = await leave(asks: false)
        return
      }
    }
    _ = await leave(asks: false)
  }

  private func showStart() {
    let output = session.output
    output.line(ShellVersion.title)
    output.line("Type \"help\" for more information.")
    output.line("Type \"Ctrl-D\" or \"exit\" to leave the shell; \"Ctrl-C\" cancels a command.")
    output.line()
    output.line("The config file is: \(session.configuration.path ?? "none")")
    output.line("The cluster name is: \(session.clusterName)")
    output.line("The cluster meta list is: \(session.definition?.metaList ?? "")")
    output.flush()
    for warning in session.configuration.warnings { output.warning(warning) }
  }

  private var prompt: String {
    let place = session.names.place
    guard !place.cluster.isEmpty else { return "pegasus> " }
    let role: StyleRole =
      switch place.role {
      case .production: .error
      case .staging: .warning
      case .test: .success
      }
    return style(role, place.cluster) + (place.table.map { ":" + style(.strong, $0) } ?? "") + "> "
  }

  private func run(_ text: String) async {
    do {
      let statement = try Tokenizer.statement(text)
      guard !statement.tokens.isEmpty else { return }
      switch try session.registry.lookUp(statement.tokens) {
      case .help(let description):
        let renderer = HelpRenderer(
          style: HelpStyle(
            heading: { [style] in style(.heading, $0) }, name: { [style] in style(.name, $0) },
            dim: { [style] in style(.dim, $0) }), width: TerminalCapabilities(descriptor: STDOUT_FILENO).columns)
        session.output.write(renderer.page(description))
        session.output.flush()
      case .command(let command):
        try session.begin(command, line: text, isBackground: statement.isBackground)
        let run = CommandRun(session: session)
        current = run
        if input.begin(keepsSuspend: command.command is any JobCommand) || wasInterrupted { run.interrupt() }
        let started = ContinuousClock.now
        let error = await run.run(command)
        let elapsed = ContinuousClock.now - started
        lastElapsed = elapsed < .seconds(1) ? "" : Format.duration(elapsed)
        current = nil
        showRightPrompt()
        if let error { report(error) }
      }
    } catch {
      report(ShellError(error))
    }
  }

  private func report(_ error: ShellError) {
    session.output.error(error.message)
    if !error.advice.isEmpty { session.output.note(style(.dim, "  " + error.advice)) }
  }

  // MARK: Jobs

  /// Above the line that is being typed, or among a command's messages.
  private func tell(_ notice: JobNotice) {
    let role: StyleRole =
      switch notice.weight {
      case .info: .success
      case .warning: .warning
      case .error: .error
      }
    // The number of the job stands in colour, as the mark of other messages does.
    let end =
      notice.text.hasPrefix("#") ? notice.text.firstIndex(of: " ") ?? notice.text.endIndex : notice.text.startIndex
    let text = style(role, String(notice.text[..<end])) + notice.text[end...]
    if current == nil, editor.postAboveLine(text) { return }
    session.output.note(text)
  }

  private func showRightPrompt() {
    let columns = TerminalCapabilities(descriptor: STDOUT_FILENO).columns
    let text = jobStatus.isEmpty ? lastElapsed : JobView.together(jobStatus, columns: max(16, columns / 2))
    editor.setRightPrompt(style(.dim, text))
  }

  /// Ends the jobs in the background after a question; false when the answer is no.
  private func leave(asks: Bool = true) async -> Bool {
    let running = session.desk.background
    guard !running.isEmpty else { return true }
    if asks {
      let what = running.count == 1 ? "A job is running" : "\(running.count) jobs are running"
      let list = running.map { JobView.brief($0.record) }.joined(separator: ", ")
      let input = input
      let confirmation = ConfirmationPrompt(isInteractive: true, assumesYes: session.options.assumesYes) {
        await input.answer(to: $0)
      }
      do throws(ConfirmationError) {
        let loss = session.jobs.warning == nil ? "" : " What is stopped cannot be resumed: there is no journal."
        try await confirmation.require("\(what) (\(list)).\(loss) Stop in order and leave?")
      } catch {
        return false
      }
    }
    let stop = JobsStop(session.jobs)
    leaving = stop
    await stop.wait(atMost: .seconds(60))
    return true
  }

  /// Ctrl-C while a command runs. The editor takes it as a key while a line is typed.
  package func interrupt() {
    leaving?.giveUp()
    wasInterrupted = current == nil
    editor.interrupt()
    current?.interrupt()
  }
}
