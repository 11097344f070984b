import Glibc
import Synchronization
import Testing

@testable import Terminal

@Suite(.serialized, .timeLimit(.minutes(1))) struct InteractionTests {
  @Test func progressOnATerminal() throws {
    let terminal = try PseudoTerminal(columns: 20)
    let view = ProgressView(
      TerminalCapabilities(descriptor: terminal.slave, colours: .never), minimumInterval: .zero)
    #expect(view.isRepainting)
    view.update(block: ["first line", "a line that is much too long for it"], plain: nil)
    #expect(terminal.wait(for: "\u{1B}[?25l"))
    #expect(terminal.wait(for: "\rfirst line\u{1B}[K\r\na line that is muc…\u{1B}[K"))
    view.update(block: ["second"], plain: "plain")
    #expect(terminal.wait(for: "\r\u{1B}[1Asecond\u{1B}[K\u{1B}[J"))
    view.log("a note")
    #expect(terminal.wait(for: "\r\u{1B}[Ja note\r\n"))
    view.update(block: ["third"], plain: nil)
    view.finish(leaving: ["done"])
    #expect(terminal.wait(for: "\r\u{1B}[Jdone\r\n"))
    #expect(terminal.wait(for: "\u{1B}[?25h"))
    // Somebody else uses the lines.
    view.update(block: ["fourth"], plain: nil)
    view.abandon()
    view.update(block: ["fifth"], plain: nil)
    DescriptorWriter.write("end", to: terminal.slave)
    #expect(terminal.wait(for: "fourth\u{1B}[K\r\u{1B}[J"))
    #expect(terminal.wait(for: "\u{1B}[?25hend"))
  }

  @Test func progressElsewhere() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let view = ProgressView(TerminalCapabilities(descriptor: ends[1]))
    view.update(block: ["block"], plain: "1 s")
    view.update(block: ["block"], plain: nil)
    view.log("note")
    view.finish(leaving: ["gone"])
    close(ends[1])
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(ends[0], &bytes, 64)
    #expect(String(decoding: bytes[..<max(0, count)], as: UTF8.self) == "1 s\nnote\n")
    close(ends[0])
  }

  @Test func capabilities() throws {
    let terminal = try PseudoTerminal(rows: 30, columns: 101)
    let seen = TerminalCapabilities(descriptor: terminal.slave)
    #expect(seen.isTerminal && seen.canRepaint && seen.hasColours && seen.columns == 101 && seen.rows == 30)
    #expect(!TerminalCapabilities(descriptor: terminal.slave, colours: .never).hasColours)
    var size = winsize(ws_row: 10, ws_col: 60, ws_xpixel: 0, ws_ypixel: 0)
    #expect(ioctl(terminal.slave, UInt(TIOCSWINSZ), &size) == 0)
    #expect(seen.columns == 60)
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let file = TerminalCapabilities(descriptor: ends[1])
    #expect(!file.isTerminal && !file.canRepaint && !file.hasColours && file.columns == 80)
    #expect(TerminalCapabilities(descriptor: ends[1], colours: .always).hasColours)
    close(ends[0])
    close(ends[1])
  }

  @Test func confirming() async throws {
    let answers = Mutex<[String?]>([])
    func confirmation(_ lines: [String?], interactive: Bool = true, yes: Bool = false) -> ConfirmationPrompt {
      answers.withLock { $0 = lines }
      return ConfirmationPrompt(isInteractive: interactive, assumesYes: yes) { _ in
        answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      }
    }
    try await confirmation(["maybe", " YES "]).require("Drop it?")
    try await confirmation(["temp"]).require("Drop it?", level: .typed("temp"))
    try await confirmation([], interactive: false, yes: true).require("Drop it?")
    for lines in [["no"], [""], [nil], ["a", "b", "c", "yes"]] as [[String?]] {
      await #expect(throws: ConfirmationError.refused) { try await confirmation(lines).require("Drop it?") }
    }
    await #expect(throws: ConfirmationError.refused) {
      try await confirmation(["yes"]).require("Drop it?", level: .typed("temp"))
    }
    await #expect(
      throws: ConfirmationError.cannotAsk(question: "Drop it?", remedy: "add --yes to do it without a question")
    ) {
      try await confirmation(["yes"], interactive: false).require("Drop it?")
    }
  }

  @Test func historyFile() throws {
    var template = Array("/tmp/terminal-tests-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    let file = HistoryFile(path: directory + "/h", limit: 3)
    #expect(file.load() == [])
    for line in ["a", "b", "a", "c", "d", "with\nfeed", "e", "f", "g"] { file.append(line) }
    #expect(file.load() == ["e", "f", "g"])
    #expect(file.load() == ["e", "f", "g"])
    #expect(HistoryFile.condensed(["a", "b", "a"], limit: 5) == ["b", "a"])
    let none = HistoryFile(path: directory + "/n", limit: 0)
    none.append("x")
    #expect(access(directory + "/n", F_OK) != 0)
  }

  @Test func fileNames() throws {
    var template = Array("/tmp/terminal-tests-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    for name in ["one.txt", "other", ".hidden"] { _ = try OutputStream(path: directory + "/" + name) }
    mkdir(directory + "/omega", 0o755)
    #expect(
      FileNames.beginning(with: directory + "/o") == ["omega/", "one.txt", "other"].map { directory + "/" + $0 })
    #expect(FileNames.beginning(with: directory + "/.h") == [directory + "/.hidden"])
    #expect(FileNames.beginning(with: directory + "/", directoriesOnly: true) == [directory + "/omega/"])
    #expect(FileNames.beginning(with: "/nowhere/x") == [])
  }

  @Test func completionLists() {
    let names = (1...7).map { LineCompletion.Candidate(text: "name\($0)", label: "name\($0)", isFinal: true) }
    let completion = LineCompletion(replaced: 0..<1, candidates: names)
    #expect(completion.commonPrefix == "name")
    #expect(completion.list(columns: 23) == ["name1  name4  name7", "name2  name5", "name3  name6"])
    #expect(completion.list(columns: 5, limit: 2) == ["name", "name", "… and 5 more"])
  }

  @Test func linesOfAScript() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let text = Array("one\n\n\u{E9}\r\nlast".utf8) + [0xFF]
    _ = write(ends[1], text, text.count)
    close(ends[1])
    let reader = LineReader(descriptor: ends[0])
    #expect(try reader.next() == Array("one".utf8))
    #expect(try reader.next() == [])
    #expect(try reader.next() == Array("\u{E9}\r".utf8))
    #expect(try reader.next() == Array("last".utf8) + [0xFF])
    #expect(try reader.next() == nil)
    close(ends[0])
    #expect(throws: InputError.self) { try LineReader(descriptor: -1).next() }
  }
}
