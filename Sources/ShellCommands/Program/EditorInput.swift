import EventLoop
package import Terminal

/// The terminal as the input of a running command.
package final class EditorInput: SessionInput {
  private let editor: LineEditor
  @LoopActor private var terminal = QuietTerminal()
  @LoopActor private var keepsSuspend = false

  package init(_ editor: LineEditor) { self.editor = editor }

  /// A command begins: what is typed ahead is kept, and not echoed.
  ///
  /// - Parameter keepsSuspend: Ctrl-Z is a key of the command
  /// - Returns: whether Ctrl-C was typed since the line ended
  @LoopActor
  package func begin(keepsSuspend: Bool = false) -> Bool {
    self.keepsSuspend = keepsSuspend
    return terminal.begin(keepsSuspend: keepsSuspend)
  }

  /// What the next line begins with.
  @LoopActor
  package func typedAhead() -> String { terminal.takeLine() }

  package func typeAhead(_ bytes: [UInt8]) {
    EventLoop.shared.post { self.terminal.giveBack(bytes) }
  }

  package func answer(to question: String) async -> String? {
    guard case .line(let text) = await line(question) else { return nil }
    return text
  }

  package func followingLine(prompt: String) async -> [UInt8]? {
    guard case .line(let text) = await line(prompt) else { return nil }
    return Array(text.utf8)
  }

  @LoopActor
  private func line(_ prompt: String) async -> LineEvent {
    let event = await editor.readLine(prompt: prompt, isRemembered: false, initial: terminal.takeLine())
    _ = terminal.begin(keepsSuspend: keepsSuspend)
    return event
  }
}
