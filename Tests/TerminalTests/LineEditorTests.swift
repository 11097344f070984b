import Glibc
import Synchronization
import Testing

@testable import Terminal

@Suite(.serialized, .timeLimit(.minutes(1))) struct LineEditorTests {
  let terminal: PseudoTerminal
  let directory: String

  init() throws {
    terminal = try PseudoTerminal()
    var template = Array("/tmp/terminal-tests-XXXXXX".utf8CString)
    directory = String(cString: try #require(mkdtemp(&template)))
  }

  private func options() -> LineEditorOptions {
    var options = LineEditorOptions()
    options.input = terminal.slave
    options.output = terminal.slave
    options.watchesSignals = false
    options.readsUserBindings = false
    options.history = HistoryFile(path: directory + "/history", limit: 100)
    options.remembers = { !$0.contains("secret") }
    options.hint = { line in "copy_data <table>".hasPrefix(String(decoding: line, as: UTF8.self)) ? "HINT" : "" }
    options.complete = { line, cursor in
      let start = line[..<cursor].lastIndex(of: 0x20).map { $0 + 1 } ?? 0
      let typed = String(decoding: line[start..<cursor], as: UTF8.self)
      let words = ["copy_data", "count_data", "clear_data", "größe"].filter { $0.hasPrefix(typed) }
      return LineCompletion(
        replaced: start..<cursor, candidates: words.map { .init(text: $0, label: $0, isFinal: true) })
    }
    return options
  }

  /// Starts reading a line, types when the prompt is there, and gives what became of it.
  private func read(_ editor: LineEditor, typing: String, prompt: String = "> ") async -> LineEvent {
    async let event = editor.readLine(prompt: prompt)
    waitForPrompt(prompt)
    terminal.type(typing)
    return await event
  }

  /// Waits until a line is being read: what the line before has left of its own prompt does not count.
  private func waitForPrompt(_ prompt: String) {
    terminal.wait(for: "\u{1B}[?2004h")
    terminal.wait(for: prompt)
  }

  @Test func editsALine() async throws {
    let editor = try #require(LineEditor(options()))
    #expect(await read(editor, typing: "set a b\n") == .line("set a b"))
    #expect(await read(editor, typing: "bc\u{1}a\u{5}d\n") == .line("abcd"))
    #expect(await read(editor, typing: "é中👍x\u{7F}\u{7F}!\n") == .line("é中!"))
    #expect(await read(editor, typing: "one two three\u{17}\n") == .line("one two "))
    #expect(await read(editor, typing: "ab cd\u{1B}[1;5D-\n") == .line("ab -cd"))
    #expect(await read(editor, typing: "\n") == .line(""))
  }

  @Test func colouredPromptAndUpArrow() async throws {
    let editor = try #require(LineEditor(options()))
    #expect(await read(editor, typing: "first\n", prompt: "\u{1B}[36mA\u{1B}[0m> ") == .line("first"))
    #expect(await read(editor, typing: "\u{1B}[A!\n") == .line("first!"))
  }

  @Test func controlKeys() async throws {
    let editor = try #require(LineEditor(options()))
    #expect(await read(editor, typing: "half a line\u{3}") == .interrupted)
    #expect(terminal.wait(for: "^C"))
    #expect(await read(editor, typing: "usable\n") == .line("usable"))
    // In a search, Ctrl-C must not look like the end of input.
    #expect(await read(editor, typing: "\u{12}usa\u{3}") == .interrupted)
    #expect(await read(editor, typing: "\u{12}usa\u{5}\n") == .line("usable"))
    #expect(await read(editor, typing: "x\u{4}\n") == .line("x"))
    #expect(await read(editor, typing: "\u{4}") == .endOfInput)
  }

  @Test func completes() async throws {
    let editor = try #require(LineEditor(options()))
    #expect(await read(editor, typing: "cop\t-c\n") == .line("copy_data -c"))
    #expect(await read(editor, typing: "help gr\t\n") == .line("help größe "))
    async let event = editor.readLine(prompt: "> ")
    waitForPrompt("> ")
    terminal.type("co\t\t")
    #expect(terminal.wait(for: "copy_data   count_data"))
    terminal.type("u\t\n")
    #expect(await event == .line("count_data "))
  }

  @Test func hintsShrinkAndVanish() async throws {
    let editor = try #require(LineEditor(options()))
    async let event = editor.readLine(prompt: "> ")
    waitForPrompt("> ")
    terminal.type("co")
    #expect(terminal.wait(for: "HINT"))
    terminal.type("x\n")
    #expect(terminal.wait(for: "    "))
    #expect(await event == .line("cox"))
  }

  @Test func messagesAppearAboveTheLine() async throws {
    let editor = try #require(LineEditor(options()))
    async let event = editor.readLine(prompt: "peg> ")
    waitForPrompt("peg> ")
    terminal.type("half")
    terminal.wait(for: "half")
    editor.post("job 1 is done\nsecond line")
    #expect(terminal.wait(for: "\u{1B}[Jjob 1 is done\r"))
    #expect(terminal.wait(for: "\nsecond line\r"))
    #expect(terminal.wait(for: "peg> half"))
    editor.setRightPrompt("[job 2]")
    #expect(terminal.wait(for: "[job 2]"))
    terminal.type(" done\n")
    #expect(await event == .line("half done"))
  }

  @Test func aNewWindowSizeRedraws() async throws {
    var options = options()
    options.watchesSignals = true
    let editor = try #require(LineEditor(options))
    async let event = editor.readLine(prompt: "peg> ")
    waitForPrompt("peg> ")
    terminal.type("half")
    terminal.wait(for: "half")
    var size = winsize(ws_row: 20, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0)
    #expect(ioctl(terminal.slave, UInt(TIOCSWINSZ), &size) == 0)
    kill(getpid(), SIGWINCH)
    #expect(terminal.wait(for: "\r\u{1B}[J"))
    #expect(terminal.wait(for: "peg> half"))
    terminal.type("\n")
    #expect(await event == .line("half"))
  }

  @Test func pasteDoesNotRunByItself() async throws {
    let editor = try #require(LineEditor(options()))
    #expect(await read(editor, typing: "x \u{1B}[200~one\ntwo\u{7}\n\u{1B}[201~!\n") == .line("x one!"))
    #expect(await read(editor, typing: "\n") == .line("two"))
    #expect(await read(editor, typing: "\n") == .line(""))
  }

  @Test func historyIsKeptForTheNextSession() async throws {
    let editor = try #require(LineEditor(options()))
    for line in ["one", "secret word", " hidden", "two", "two"] {
      #expect(await read(editor, typing: line + "\n") == .line(line))
    }
    let file = HistoryFile(path: directory + "/history", limit: 100)
    #expect(file.load() == ["one", "two"])
    var status = stat()
    #expect(stat(directory + "/history", &status) == 0 && status.st_mode & 0o777 == 0o600)
    let next = try #require(LineEditor(options()))
    #expect(await read(next, typing: "\u{1B}[A\u{1B}[A\n") == .line("one"))
  }

  @Test func initialTextAndInterrupts() async throws {
    let editor = try #require(LineEditor(options()))
    async let first = editor.readLine(prompt: "> ", initial: "given")
    terminal.wait(for: "given")
    terminal.type("!\n")
    #expect(await first == .line("given!"))
    async let second = editor.readLine(prompt: "> ")
    waitForPrompt("> ")
    editor.interrupt()
    #expect(await second == .interrupted)
    let task = Task { await editor.readLine(prompt: "> ") }
    waitForPrompt("> ")
    task.cancel()
    #expect(await task.value == .interrupted)
    // Cancelled before it begins to read.
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await editor.readLine(prompt: "> ")
    }
    #expect(await early.value == .interrupted)
    editor.close()
    #expect(await editor.readLine(prompt: "> ") == .failed("the line editor is closed"))
  }

  @Test func restoresTheTerminal() async throws {
    var before = termios()
    tcgetattr(terminal.slave, &before)
    let editor = try #require(LineEditor(options()))
    #expect(await read(editor, typing: "a\n") == .line("a"))
    var after = termios()
    tcgetattr(terminal.slave, &after)
    #expect(before.c_lflag == after.c_lflag && before.c_iflag == after.c_iflag)
  }
}
