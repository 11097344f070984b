import Configuration
import CommandLineKit
package import EventLoop
import Glibc
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
  }

  /// Reads and runs commands until Ctrl-D or `exit`.
  package func run() async {
    _ = input.begin()
    showStart()
    if let definition = session.definition {
      session.embedded.startInBackground(definition)
      session.refreshNames()
    }
    while !session.wantsExit, session.output.broken == nil {
      wasInterrupted = false
      switch await editor.readLine(prompt: prompt, initial: input.typedAhead()) {
      case .line(let text): await run(text)
      case .interrupted: continue
      case .endOfInput: return
      case .failed(let reason):
        session.output.error("cannot read the terminal: \(reason)")
        return
      }
    }
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
      if statement.isBackground {
        throw UsageError("'&': commands do not run in the background here", kind: .syntax)
      }
      switch try session.registry.lookUp(statement.tokens) {
      case .help(let description):
        let renderer = HelpRenderer(
          style: HelpStyle(
            heading: { [style] in style(.heading, $0) }, name: { [style] in style(.name, $0) },
            dim: { [style] in style(.dim, $0) }), width: TerminalCapabilities(descriptor: STDOUT_FILENO).columns)
        session.output.write(renderer.page(description))
        session.output.flush()
      case .command(let command):
        let run = CommandRun(session: session)
        current = run
        if input.begin() || wasInterrupted { run.interrupt() }
        let started = ContinuousClock.now
        let error = await run.run(command)
        let elapsed = ContinuousClock.now - started
        editor.setRightPrompt(elapsed < .seconds(1) ? "" : style(.dim, Format.duration(elapsed)))
        current = nil
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

  /// Ctrl-C while a command runs. The editor takes it as a key while a line is typed.
  package func interrupt() {
    wasInterrupted = current == nil
    editor.interrupt()
    current?.interrupt()
  }
}
