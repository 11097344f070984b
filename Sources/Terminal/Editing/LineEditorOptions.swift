import Glibc

/// How a line editor behaves. The closures are called on the editor's own thread, between two keys.
package struct LineEditorOptions: Sendable {
  /// Where lines typed before are kept; nil keeps them for this session only.
  package var history: HistoryFile?
  /// How many lines the session remembers.
  package var historyLimit = 1000
  /// Whether a line may be remembered; those that begin with a blank never are.
  package var remembers: @Sendable (String) -> Bool = { _ in true }
  /// Answers Tab: the line as UTF-8 and the cursor as a byte offset in it.
  package var complete: @Sendable (_ line: [UInt8], _ cursor: Int) -> LineCompletion = { _, cursor in
    LineCompletion(replaced: cursor..<cursor, candidates: [])
  }
  /// What to show dimmed behind a line whose cursor is at its end.
  package var hint: @Sendable (_ line: [UInt8]) -> String = { _ in "" }
  package var style = Style.plain
  /// The terminal to read from.
  package var input: Int32 = STDIN_FILENO
  /// The terminal to draw on.
  package var output: Int32 = STDOUT_FILENO
  /// Whether SIGWINCH and SIGCONT of this process are the editor's; off in tests that have several.
  package var watchesSignals = true
  /// Whether `~/.editrc` is read.
  package var readsUserBindings = true

  package init() {}
}
