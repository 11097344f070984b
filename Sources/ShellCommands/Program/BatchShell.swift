import Terminal
import CommandLineKit
package import EventLoop

/// Runs a script: no prompt, stops at the first failure unless told otherwise.
@LoopActor
package final class BatchShell {
  private let session: Session
  private let script: ScriptReader
  private var current: CommandRun?
  /// SIGINT, SIGTERM or SIGHUP came.
  package private(set) var endedBySignal: Int32?
  /// Called when one comes while no command runs: the script is waited for, perhaps for ever.
  package var onIdleSignal: (@LoopActor (Int32) -> Void)?

  package init(session: Session, script: ScriptReader) {
    self.session = session
    self.script = script
  }

  /// Runs everything and answers the exit status: the worst one met.
  package func run() async -> ExitStatus {
    var worst = ExitStatus.ok
    while endedBySignal == nil, session.output.broken == nil, !session.wantsExit {
      var line: ScriptLines.Line?
      do {
        line = try await script.next()
      } catch {
        report(error, command: "", line: 0)
        return max(worst, error.status)
      }
      guard let line else { break }
      guard let error = await run(line) else { continue }
      worst = max(worst, error.status)
      if error.status == .interrupted, endedBySignal != nil { break }
      if !session.options.keepsGoing { break }
    }
    session.output.flush()
    if case .failed(let target, let reason) = session.output.broken {
      session.output.error("cannot write to \(target): \(reason)")
      worst = max(worst, .problem)
    }
    return worst
  }

  private func run(_ line: ScriptLines.Line) async -> ShellError? {
    var name = ""
    do {
      let statement = try Tokenizer.statement(line.text)
      guard let first = statement.tokens.first else { return nil }
      name = first.text.utf8.count > 60 ? first.text.prefix(60) + "…" : first.text
      if statement.isBackground {
        throw UsageError("'&': commands do not run in the background here", kind: .syntax)
      }
      switch try session.registry.lookUp(statement.tokens) {
      case .help(let description):
        session.output.write(HelpRenderer(width: 100).page(description))
        return nil
      case .command(let command):
        let run = CommandRun(session: session)
        current = run
        defer { current = nil }
        guard let error = await run.run(command) else { return nil }
        report(error, command: name, line: line.number)
        return error
      }
    } catch {
      let shown = ShellError(error)
      report(shown, command: name, line: line.number)
      return shown
    }
  }

  private func report(_ error: ShellError, command: String, line: Int) {
    // Whoever read the results has gone; that needs no words.
    if session.output.broken == .closed { return }
    let place = line > 0 ? "\(script.name):\(line): " : ""
    session.output.note("\(place)\(command.isEmpty ? "" : "\(command): ")\(error)")
  }

  /// A signal that ends the run: the command is asked to stop; the second one leaves it.
  package func interrupt(_ number: Int32) {
    endedBySignal = number
    guard let current else {
      session.output.flush()
      onIdleSignal?(number)
      return
    }
    current.interrupt()
  }

  /// Nobody reads the results any more: the command need not go on.
  package func stop() { current?.interrupt() }
}
