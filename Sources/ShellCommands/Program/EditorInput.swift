import EventLoop
package import Terminal

/// The terminal as the input of a running command.
package final class EditorInput: SessionInput {
  private let editor: LineEditor
  @LoopActor private var terminal = QuietTerminal()

  package init(_ editor: LineEditor) { self.editor = editor }

  /// A command begins: what is typed ahead is kept, and not echoed.
  ///
  /// - Returns: whether Ctrl-C was typed since the line ended
  @LoopActor
  package func begin() -> Bool {
    terminal.begin()
  }

  /// What the next line begins with.
  @LoopActor
  package func typedAhead() -> String { terminal.takeLine() }

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
    _ = terminal.begin()
    return event
  }
}
