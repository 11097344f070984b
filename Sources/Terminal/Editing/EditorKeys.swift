internal import CEditline
import Glibc

/// What libedit calls back: it finds the editor through the pointer left with it.
private func core(of editor: OpaquePointer?) -> EditorCore? {
  guard let editor, let owner = ce_owner(editor) else { return nil }
  return Unmanaged<EditorCore>.fromOpaque(owner).takeUnretainedValue()
}

func editorPrompt(_ editor: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  core(of: editor)?.promptPointer(isRight: false)
}

func editorRightPrompt(_ editor: OpaquePointer?) -> UnsafeMutablePointer<CChar>? {
  core(of: editor)?.promptPointer(isRight: true)
}

func editorReadKey(_ editor: OpaquePointer?, _ key: UnsafeMutablePointer<wchar_t>?) -> Int32 {
  guard let core = core(of: editor), let key else { return -1 }
  switch core.nextKey() {
  case .scalar(let scalar):
    key.pointee = wchar_t(bitPattern: scalar.value)
    return 1
  case .endOfInput: return 0
  case .interrupted:
    core.wasInterrupted = true
    errno = EINTR
    return -1
  case .failed(let code):
    errno = code
    return -1
  }
}

func editorComplete(_ editor: OpaquePointer?, _ key: Int32) -> UInt8 {
  core(of: editor)?.complete() ?? UInt8(CC_ERROR)
}

func editorPaste(_ editor: OpaquePointer?, _ key: Int32) -> UInt8 {
  core(of: editor)?.paste() ?? UInt8(CC_ERROR)
}

enum EditorKey {
  case scalar(Unicode.Scalar)
  case endOfInput
  case interrupted
  case failed(Int32)
}

extension EditorCore {
  /// The next character typed; meanwhile draws hints and messages.
  func nextKey() -> EditorKey {
    if !injected.isEmpty { return .scalar(injected.removeFirst()) }
    if hasSearched, !isSearching {
      // Moving about below the line, libedit writes parts of the prompt again without their colours.
      hasSearched = false
      clearRows()
      redraw()
    }
    var bytes: [UInt8] = []
    while true {
      switch wait(drawsHint: bytes.isEmpty) {
      case .ready: break
      case .again: continue
      case .interrupted: return .interrupted
      }
      var byte: UInt8 = 0
      let count = read(options.input, &byte, 1)
      let code = errno
      if count == 0 || (count < 0 && code == EIO) { return .endOfInput }
      guard count > 0 else {
        if code == EINTR || code == EAGAIN { continue }
        return .failed(code)
      }
      if bytes.isEmpty, byte == 0x03 { return .interrupted }
      if bytes.isEmpty, byte == 0x1A {
        suspend()
        continue
      }
      bytes.append(byte)
      if let scalar = Self.scalar(bytes) {
        noticeSearch(scalar)
        return .scalar(scalar)
      }
      if bytes.count >= 4 || (byte < 0x80 && bytes.count > 1) { bytes = [] }  // not UTF-8
    }
  }

  private static func scalar(_ bytes: [UInt8]) -> Unicode.Scalar? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    return text.unicodeScalars.first
  }

  /// Ctrl-R and Ctrl-S begin a search; any other control character but Backspace ends it.
  private func noticeSearch(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x12, 0x13: (isSearching, hasSearched) = (true, true)
    case 0x08, 0x7F: break
    case 0..<0x20: isSearching = false
    default: break
    }
  }

  private enum Wait { case ready, again, interrupted }

  /// Waits for a key or for news.
  private func wait(drawsHint: Bool) -> Wait {
    var entries = [
      pollfd(fd: options.input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: mailbox.wakeRead, events: Int16(POLLIN), revents: 0),
    ]
    var found = poll(&entries, 2, 0)
    if found == 0 {
      let drawn = drawsHint ? drawHint() : 0
      repeat { found = poll(&entries, 2, -1) } while found < 0 && errno == EINTR
      if drawn > 0 { erase(columns: drawn) }
    }
    if entries[1].revents != 0 { return hearNews() ? .interrupted : .again }
    return entries[0].revents != 0 ? .ready : .again
  }

  /// Shows the hint behind the cursor; the columns it takes.
  private func drawHint() -> Int {
    let info = Terminfo.current
    guard !info.saveCursor.isEmpty, !info.restoreCursor.isEmpty, let (line, room) = roomForHint() else { return 0 }
    let hint = DisplayWidth.cut(options.hint(line), to: room)
    guard !hint.isEmpty else { return 0 }
    emit(info.saveCursor + options.style(.dim, hint) + info.restoreCursor)
    return DisplayWidth.of(hint)
  }

  /// Writes blanks over the hint: clearing to the end of the row would take the right prompt with it.
  private func erase(columns: Int) {
    let info = Terminfo.current
    emit(info.saveCursor + String(repeating: " ", count: columns) + info.restoreCursor)
  }

  /// Deals with what woke us; true when the line is to be given up.
  private func hearNews() -> Bool {
    let reasons = mailbox.drain()
    let (messages, isInterrupted) = mailbox.with { contents in
      defer {
        contents.messages = []
        contents.isInterrupted = false
      }
      return (contents.messages, contents.isInterrupted || contents.isClosed)
    }
    if reasons.contains(UInt8(ascii: "c")) { resume() }
    let isResized = reasons.contains(UInt8(ascii: "w"))
    let hasRightPrompt = takeRightPrompt()
    if isResized || hasRightPrompt || !messages.isEmpty {
      clearRows()
      if isResized { el_resize(editor) }
      for message in messages {
        emit(message.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") + "\r\n")
      }
      redraw()
    }
    return isInterrupted
  }

  /// Ctrl-Z: gives the terminal back, stops the process group as the terminal would, and goes on after `fg`.
  private func suspend() {
    emit("\r\n")
    if Terminfo.current.canMoveCursor { emit("\u{1B}[?2004l") }
    _ = ce_set_number(editor, EL_PREP_TERM, 0)
    kill(0, SIGTSTP)
    // The stop may reach another thread first; SIGCONT says that it is over. Where stopping is not possible nothing comes.
    var entry = pollfd(fd: mailbox.wakeRead, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, 200)
    if !mailbox.drain().contains(UInt8(ascii: "c")) { mailbox.wake() }
    resume()
  }

  private func resume() {
    _ = ce_set_number(editor, EL_PREP_TERM, 0)
    _ = ce_set_number(editor, EL_PREP_TERM, 1)
    if Terminfo.current.canMoveCursor { emit("\u{1B}[?2004h") }
    el_resize(editor)
    redraw()
  }

  // MARK: Tab

  /// Replaces the word by what all candidates have in common, or lists them.
  func complete() -> UInt8 {
    let (bytes, cursor) = line
    let completion = options.complete(bytes, cursor)
    let range = completion.replaced
    guard !completion.candidates.isEmpty, range.lowerBound >= 0, range.lowerBound <= cursor, range.upperBound <= cursor
    else { return UInt8(CC_ERROR) }
    let typed = String(decoding: bytes[range.lowerBound..<cursor], as: UTF8.self)
    let isOnly = completion.candidates.count == 1
    var insertion = completion.commonPrefix
    if isOnly, completion.candidates[0].isFinal, cursor == bytes.count || bytes[cursor] != 0x20 { insertion += " " }
    if isOnly || (insertion != typed && insertion.unicodeScalars.count >= typed.unicodeScalars.count) {
      el_deletestr(editor, Int32(clamping: typed.unicodeScalars.count))
      return el_insertstr(editor, insertion) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }
    emit("\r\n" + completion.list(columns: columns).map { $0 + "\r\n" }.joined())
    return UInt8(CC_REDISPLAY)
  }

  // MARK: Paste

  /// Inserts what the terminal marks as pasted. Of several lines the first one is inserted, and the others wait for their
  /// turn at the next prompts, each for its own Enter: nothing that is pasted runs by itself.
  func paste() -> UInt8 {
    var bytes: [UInt8] = []
    let end = Array("\u{1B}[201~".utf8)
    while bytes.count < 1 << 20, !bytes.suffix(end.count).elementsEqual(end) {
      var entry = pollfd(fd: options.input, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 2000) > 0 else { break }
      var byte: UInt8 = 0
      guard read(options.input, &byte, 1) == 1 else { break }
      bytes.append(byte)
    }
    if bytes.suffix(end.count).elementsEqual(end) { bytes.removeLast(end.count) }
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.unicodeScalars.split(omittingEmptySubsequences: true) { $0 == "\n" || $0 == "\r" }.map(
      Self.printable)
    guard !lines.isEmpty else { return UInt8(CC_REFRESH) }
    let first = lines.removeFirst()
    pastedLines += lines
    if !lines.isEmpty {
      clearRows()
      emit(
        options.style(.dim, "\(lines.count + 1) lines pasted: Enter runs them one by one, Ctrl-C forgets the rest")
          + "\r\n")
      redraw()
    }
    return el_insertstr(editor, first) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
  }

  private static func printable(_ line: Substring.UnicodeScalarView) -> String {
    var out = String.UnicodeScalarView()
    for scalar in line where scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\t" {
      out.append(scalar == "\t" ? " " : scalar)
    }
    return String(out)
  }
}
