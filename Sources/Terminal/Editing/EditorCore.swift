internal import CEditline
import Glibc

/// The editor itself: libedit with our own reading of keys. Lives on the editor's thread only.
///
/// Our reader takes over what libedit does badly or not at all: it waits for keys and for the wake pipe at once, draws
/// hints, writes messages above the line, and treats Ctrl-C and Ctrl-Z as keys, because the terminal's own signals reach
/// the whole process group and cannot be told apart from an end of file while the history is being searched.
final class EditorCore {
  let options: LineEditorOptions
  let mailbox: EditorMailbox
  let editor: OpaquePointer
  private let history: OpaquePointer
  private let files: [UnsafeMutablePointer<FILE>]

  var wasInterrupted = false
  var isSearching = false
  /// A search has ended and the line was not drawn anew since.
  var hasSearched = false
  /// Characters to be read before the keyboard: the initial text.
  var injected: [Unicode.Scalar] = []
  /// Lines of a paste that wait for their turn.
  var pastedLines: [String] = []
  private var prompt = EditorText()
  private var rightPrompt = EditorText()
  private var lastRemembered: String?

  init?(options: LineEditorOptions, mailbox: EditorMailbox) {
    Self.useUTF8()
    self.options = options
    self.mailbox = mailbox
    if !Terminfo.current.isKnown { setenv("TERM", "dumb", 1) }
    guard let input = fdopen(dup(options.input), "r"), let output = fdopen(dup(options.output), "w"),
      let errors = fdopen(dup(options.output), "w"), let history = history_init(),
      let editor = el_init("pegasus-shell", input, output, errors)
    else { return nil }
    files = [input, output, errors]
    self.history = history
    self.editor = editor
    setUp()
  }

  deinit {
    el_end(editor)
    history_end(history)
    for file in files { fclose(file) }
  }

  private func setUp() {
    _ = ce_set_owner(editor, Unmanaged.passUnretained(self).toOpaque())
    _ = ce_set_text(editor, EL_EDITOR, "emacs")
    _ = ce_set_number(editor, EL_SIGNAL, 0)
    _ = ce_set_prompt(editor, editorPrompt)
    _ = ce_set_right_prompt(editor, editorRightPrompt)
    _ = ce_set_reader(editor, editorReadKey)
    _ = ce_set_editing_mode(editor, "-isig")
    _ = ce_set_editing_mode(editor, "-ixon")
    _ = ce_history_number(history, H_SETSIZE, Int32(clamping: max(1, options.historyLimit)))
    _ = ce_history_number(history, H_SETUNIQUE, 1)
    for line in options.history?.load() ?? [] {
      _ = ce_history_enter(history, line)
      lastRemembered = line
    }
    _ = ce_set_history(editor, history)
    _ = ce_add_function(editor, "shell-complete", "complete the word", editorComplete)
    _ = ce_add_function(editor, "shell-paste", "insert a paste", editorPaste)
    let keys: [(String, String)] = [
      ("^r", "em-inc-search-prev"), ("^s", "em-inc-search-next"), ("^w", "ed-delete-prev-word"),
      ("\u{1B}[1;5D", "ed-prev-word"), ("\u{1B}[1;5C", "em-next-word"), ("\u{1B}[1;3D", "ed-prev-word"),
      ("\u{1B}[1;3C", "em-next-word"), ("\u{1B}[5~", "ed-search-prev-history"),
      ("\u{1B}[6~", "ed-search-next-history"), ("\u{1B}[3~", "ed-delete-next-char"),
      ("\u{1B}[1~", "ed-move-to-beg"), ("\u{1B}[4~", "ed-move-to-end"),
    ]
    for (key, function) in keys { _ = ce_bind(editor, key, function) }
    if options.readsUserBindings { _ = el_source(editor, nil) }
    _ = ce_bind(editor, "\t", "shell-complete")
    _ = ce_bind(editor, "\u{1B}[200~", "shell-paste")
  }

  /// In a locale of another encoding libedit drops every character outside ASCII.
  private static func useUTF8() {
    setlocale(LC_CTYPE, "")
    let codeset = String(cString: nl_langinfo(nl_item(CODESET)))
    guard codeset != "UTF-8" else { return }
    for name in ["C.UTF-8", "C.utf8", "en_US.UTF-8"] where setlocale(LC_CTYPE, name) != nil { return }
  }

  func readLine(_ request: EditorMailbox.Request) -> LineEvent {
    wasInterrupted = false
    (isSearching, hasSearched) = (false, false)
    prompt.set(request.prompt)
    takeRightPrompt()
    let next = pastedLines.isEmpty ? nil : pastedLines.removeFirst()
    injected = Array((request.initial.isEmpty ? next ?? "" : request.initial).unicodeScalars)
    // libedit shows the prompt before it changes the mode: what is typed in between would be treated as outside a line.
    _ = ce_set_number(editor, EL_PREP_TERM, 1)
    let usesPaste = Terminfo.current.canMoveCursor
    if usesPaste {
      TerminalGuard.paste("\u{1B}[?2004l", descriptor: options.output)
      emit("\u{1B}[?2004h")
    }
    var count: Int32 = 0
    errno = 0
    let text = el_gets(editor, &count)
    let code = errno
    if usesPaste {
      emit("\u{1B}[?2004l")
      TerminalGuard.paste(nil, descriptor: options.output)
    }
    if wasInterrupted {
      pastedLines = []
      emit("^C\r\n")
      return .interrupted
    }
    guard let text, count > 0 else {
      if count < 0, code != 0 { return .failed(String(cString: strerror(code))) }
      emit("\r\n")
      return .endOfInput
    }
    var line = String(cString: text)
    if line.hasSuffix("\n") { line.removeLast() }
    if request.isRemembered { remember(line) }
    return .line(line)
  }

  private func remember(_ line: String) {
    guard !line.isEmpty, !line.hasPrefix(" "), line != lastRemembered, options.remembers(line) else { return }
    lastRemembered = line
    _ = ce_history_enter(history, line)
    options.history?.append(line)
  }

  // MARK: What is on the screen

  func emit(_ text: String) { DescriptorWriter.write(text, to: options.output) }

  var columns: Int {
    TerminalCapabilities(descriptor: options.output, isTerminal: true, canRepaint: true, hasColours: false).columns
  }

  /// The line as it stands, and the cursor in bytes.
  var line: (bytes: [UInt8], cursor: Int) {
    guard let info = el_line(editor)?.pointee, let start = info.buffer else { return ([], 0) }
    let count = info.lastchar - start
    let bytes = UnsafeRawBufferPointer(start: start, count: max(0, count))
    return (Array(bytes), max(0, min(count, info.cursor - start)))
  }

  /// Clears the rows of prompt and line and leaves the cursor where the prompt begins.
  func clearRows() {
    let (bytes, cursor) = line
    let before = prompt.width + DisplayWidth.of(String(decoding: bytes[..<cursor], as: UTF8.self))
    let info = Terminfo.current
    let clear = info.clearToEndOfScreen.isEmpty ? "" : info.clearToEndOfScreen
    emit("\r" + (info.canMoveCursor ? info.up(before / max(1, columns)) : "\n") + clear)
  }

  func redraw() { _ = ce_refresh(editor) }

  /// Columns left behind the cursor, when it stands at the end of a line that fits on one row; else nil.
  func roomForHint() -> (line: [UInt8], columns: Int)? {
    let (bytes, cursor) = line
    guard cursor == bytes.count, !bytes.isEmpty, !isSearching else { return nil }
    let used = prompt.width + DisplayWidth.of(String(decoding: bytes, as: UTF8.self))
    let right = rightPrompt.width > 0 ? rightPrompt.width + 1 : 0
    let room = columns - used - right - 1
    return room > 3 ? (bytes, room) : nil
  }

  // MARK: Prompts

  func promptPointer(isRight: Bool) -> UnsafeMutablePointer<CChar>? { isRight ? rightPrompt.pointer : prompt.pointer }

  /// Takes over the right prompt; whether it has changed.
  @discardableResult func takeRightPrompt() -> Bool {
    let text: String? = mailbox.with { contents in
      defer { contents.isRightPromptNew = false }
      return contents.isRightPromptNew ? contents.rightPrompt : nil
    }
    guard let text else { return false }
    rightPrompt.set(text)
    return true
  }
}

/// A prompt in memory that stays while libedit may look at it.
struct EditorText: ~Copyable {
  private(set) var pointer = strdup("")
  private(set) var width = 0

  /// Escape sequences are put between marks, so that libedit does not count them as columns.
  mutating func set(_ text: String) {
    var marked = String.UnicodeScalarView()
    var filter = SequenceFilter()
    var isInside = false
    for scalar in text.unicodeScalars where scalar != "\u{1}" {
      let belongs = filter.swallows(scalar)
      if belongs != isInside { marked.append("\u{1}") }
      isInside = belongs
      marked.append(scalar)
    }
    if isInside { marked.append(contentsOf: "\u{1} ".unicodeScalars) }
    free(pointer)
    pointer = strdup(String(marked))
    width = DisplayWidth.of(text)
  }

  deinit { free(pointer) }
}
