internal import CTerminfo
import Glibc

/// Reads lines from a terminal with editing, history, completion and hints.
///
///     guard let editor = LineEditor(options) else { … }   // no terminal: read standard input plainly
///     switch await editor.readLine(prompt: "ClusterA temp> ") {
///     case .line(let text): …
///     case .interrupted: continue
///     case .endOfInput, .failed: break loop
///     }
///
/// libedit is not thread-safe and its reading blocks, so it lives on a thread of its own; this class may be used from
/// anywhere. There should be one at a time.
package final class LineEditor: Sendable {
  private let mailbox: EditorMailbox
  private let output: Int32

  /// Starts the editor's thread. Nil when input or output is no terminal.
  package init?(_ options: LineEditorOptions) {
    guard isatty(options.input) == 1, isatty(options.output) == 1, let mailbox = EditorMailbox() else { return nil }
    self.mailbox = mailbox
    output = options.output
    TerminalGuard.begin(descriptor: options.input)
    let start = EditorThread.Start(options: options, mailbox: mailbox)
    guard EditorThread.run(start) else { return nil }
  }

  deinit { close() }

  /// Reads one line. A line read while another is being read gives `failed`. Cancelling the task gives `interrupted`.
  /// - Parameters:
  ///   - prompt: may hold colours; has to end in a visible character, such as a blank.
  ///   - isRemembered: whether the line goes to the history.
  ///   - initial: what stands in the line at first.
  package func readLine(prompt: String, isRemembered: Bool = true, initial: String = "") async -> LineEvent {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let request = EditorMailbox.Request(
          prompt: prompt, isRemembered: isRemembered, initial: initial, answer: continuation)
        let refusal: String? = mailbox.with { contents in
          if contents.isClosed { return "the line editor is closed" }
          if contents.request != nil || contents.isEditing { return "a line is being read already" }
          contents.request = request
          // A task that was cancelled before has interrupted nobody yet.
          contents.isInterrupted = Task.isCancelled
          return nil
        }
        if let refusal { continuation.resume(returning: .failed(refusal)) } else { mailbox.wake() }
      }
    } onCancel: {
      interrupt()
    }
  }

  /// Shows a message: above the line when one is being edited, which is drawn again unharmed. May have several lines.
  package func post(_ message: String) {
    if !postAboveLine(message) { DescriptorWriter.write(message + "\n", to: output) }
  }

  /// Shows a message above the line that is being edited; false, and nothing is shown, when none is.
  package func postAboveLine(_ message: String) -> Bool {
    let isEditing = mailbox.with { contents in
      if contents.isEditing { contents.messages.append(message) }
      return contents.isEditing
    }
    if isEditing { mailbox.wake() }
    return isEditing
  }

  /// Changes the text at the right edge of the line, such as the state of a job; empty takes it away.
  package func setRightPrompt(_ text: String) {
    let isNew = mailbox.with { contents in
      guard contents.rightPrompt != text else { return false }
      contents.rightPrompt = text
      contents.isRightPromptNew = true
      return contents.isEditing
    }
    // Without a way back to the beginning of the line it would be written again and again, one below the other.
    if isNew, Terminfo.current.canMoveCursor { mailbox.wake() }
  }

  /// Gives up the line being edited, as Ctrl-C does. For signals that come from elsewhere than the keyboard.
  package func interrupt() {
    mailbox.with { $0.isInterrupted = true }
    mailbox.wake()
  }

  /// Ends the editor's thread once the present line is done.
  package func close() {
    mailbox.with { $0.isClosed = true }
    mailbox.wake()
  }
}

/// The thread on which libedit lives.
enum EditorThread {
  final class Start: Sendable {
    let options: LineEditorOptions
    let mailbox: EditorMailbox

    init(options: LineEditorOptions, mailbox: EditorMailbox) {
      self.options = options
      self.mailbox = mailbox
    }
  }

  static func run(_ start: Start) -> Bool {
    var thread = pthread_t()
    let handle = Unmanaged.passRetained(start)
    guard pthread_create(&thread, nil, editorThreadMain, handle.toOpaque()) == 0 else {
      handle.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// Answers requests until the mailbox is closed.
  static func serve(_ start: Start) {
    let mailbox = start.mailbox
    // Signals that end commands belong to others; a terminal's own news must not be held back by an inherited mask.
    var all = sigset_t()
    sigfillset(&all)
    for signal in [SIGWINCH, SIGCONT, SIGTSTP, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT] {
      sigdelset(&all, signal)
    }
    pthread_sigmask(SIG_SETMASK, &all, nil)
    if start.options.watchesSignals {
      ct_watch_signal(SIGWINCH, mailbox.wakeWrite, UInt8(ascii: "w"))
      ct_watch_signal(SIGCONT, mailbox.wakeWrite, UInt8(ascii: "c"))
    }
    defer {
      if start.options.watchesSignals {
        ct_watch_signal(SIGWINCH, -1, 0)
        ct_watch_signal(SIGCONT, -1, 0)
      }
    }
    let core = EditorCore(options: start.options, mailbox: mailbox)
    while true {
      var entry = pollfd(fd: mailbox.wakeRead, events: Int16(POLLIN), revents: 0)
      _ = poll(&entry, 1, -1)
      _ = mailbox.drain()
      let (request, isClosed) = mailbox.with { contents in
        defer { contents.request = nil }
        contents.isEditing = contents.request != nil
        // What has come since the line was asked for is not lost with its byte: the reader hears of it.
        if contents.isEditing, contents.isInterrupted || contents.isClosed { mailbox.wake() }
        return (contents.request, contents.isClosed)
      }
      if let request {
        let event = core?.readLine(request) ?? .failed("the line editor could not be started")
        let late = mailbox.with { contents in
          defer { contents.messages = [] }
          contents.isEditing = false
          return contents.messages
        }
        for message in late { DescriptorWriter.write(message + "\n", to: start.options.output) }
        request.answer.resume(returning: event)
      }
      if isClosed { return }
    }
  }
}

private func editorThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  EditorThread.serve(Unmanaged<EditorThread.Start>.fromOpaque(argument).takeRetainedValue())
  return nil
}
