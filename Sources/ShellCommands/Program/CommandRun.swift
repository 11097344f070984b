package import CommandLineKit
package import EventLoop
import Terminal

/// One command while it runs: it can be cancelled, and abandoned when it does not stop.
@LoopActor
package final class CommandRun {
  private var task: Task<Void, Never>?
  private var end: CheckedContinuation<ShellError?, Never>?
  private var interruptions = 0
  private let session: Session

  package init(session: Session) { self.session = session }

  /// Runs a command to its end, or until it is abandoned.
  ///
  /// - Returns: why it failed; nil when it did not
  package func run(_ command: BoundCommand<Session>) async -> ShellError? {
    for warning in command.warnings { session.output.warning(warning) }
    let session = session
    return await withCheckedContinuation { continuation in
      end = continuation
      task = Task { @LoopActor in
        let error = await Self.execute(command, session)
        session.finished(error, effect: command.description.effect)
        self.finish(error)
      }
      if interruptions > 0 { task?.cancel() }
    }
  }

  private static func execute(_ command: BoundCommand<Session>, _ session: Session) async -> ShellError? {
    do {
      try await session.prepare(for: command.description.effect)
      try await command.run(in: session)
      return nil
    } catch {
      return ShellError(error)
    }
  }

  private func finish(_ error: ShellError?) {
    end?.resume(returning: error)
    end = nil
    task = nil
  }

  /// Ctrl-C: asks the command to stop; the second time it is left alone.
  package func interrupt() {
    interruptions += 1
    guard interruptions == 1 else {
      let abandoned = session.watch?.abandon()
      session.output.progress?.abandon()
      session.output.progress = nil
      guard let abandoned else {
        return finish(
          ShellError(
            "abandoned: the command did not stop; what it had asked for may still be done", status: .interrupted))
      }
      return finish(
        ShellError(
          "abandoned: job \(abandoned) goes on stopping in the background", advice: "'job \(abandoned)' shows it",
          status: .interrupted))
    }
    task?.cancel()
    _ = EventLoop.shared.schedule(after: .seconds(1)) { [weak self] in
      guard let self, self.end != nil else { return }
      self.session.output.note("stopping…; Ctrl-C again abandons the command")
    }
  }
}
