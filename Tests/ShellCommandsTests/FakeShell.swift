import CommandLineKit
import Configuration
import EventLoop
import Glibc
import ShellCommands
import Synchronization
import Terminal

/// A session without clusters whose output is collected.
@LoopActor
final class FakeShell {
  let session: Session
  private let results: [Int32]
  private let messages: [Int32]

  init(
    registry: CommandRegistry<Session> = shellCommands, options: SessionOptions = SessionOptions(),
    input: any SessionInput = EmptyInput(), role: ClusterRole = .test, statesRole: Bool = true,
    isJSON: Bool = false
  ) {
    results = FakeShell.pipe()
    messages = FakeShell.pipe()
    var definition = ClusterDefinition(name: "A", metas: [ServerAddress(host: "127.0.0.1", port: 1)], role: role)
    definition.statesRole = statesRole
    session = Session(
      configuration: ShellConfiguration(), options: options,
      output: ShellOutput(
        isJSON: isJSON, results: OutputStream(descriptor: results[1], target: "results"),
        messages: OutputStream(descriptor: messages[1], target: "messages")),
      registry: registry, input: input, cluster: definition)
  }

  deinit { for end in results + messages { close(end) } }

  /// What was written to standard output so far.
  func output() -> String {
    session.output.flush()
    return Self.drain(results[0])
  }

  /// What was written to standard error so far.
  func errorOutput() -> String { Self.drain(messages[0]) }

  /// Runs a script and answers its status.
  func run(_ script: String) async throws -> ShellCommands.ExitStatus {
    let ends = Self.pipe()
    var text = Array(script.utf8)
    write(ends[1], &text, text.count)
    close(ends[1])
    defer { close(ends[0]) }
    let reader = ScriptReader(descriptor: ends[0], name: "<stdin>")
    return await BatchShell(session: session, script: reader).run()
  }

  private static func pipe() -> [Int32] {
    var ends: [Int32] = [-1, -1]
    Glibc.pipe(&ends)
    return ends
  }

  private static func drain(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, 0) == 1, waiting.revents & Int16(POLLIN) != 0 {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Answers what a test says, in order, and remembers the questions.
final class AnsweringInput: SessionInput {
  private let state: Mutex<(answers: [String], questions: [String])>

  init(_ answers: [String]) { state = Mutex((answers, [])) }

  var questions: [String] { state.withLock { $0.questions } }

  func answer(to question: String) async -> String? {
    state.withLock { state in
      state.questions.append(question)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
  }

  func followingLine(prompt: String) async -> [UInt8]? { await answer(to: prompt).map { Array($0.utf8) } }
}

/// Prints its words; fails when the first one is a status.
struct Say: ShellCommand {
  static let name = "say"
  static let summary = "print words"
  static let group = "Test"
  static let effect = CommandEffect.local
  static let parameters: [Parameter<Self>] = [.rest(\.words, "word", help: "printed")]

  var words: [String] = []

  @LoopActor
  func run(in session: Session) async throws {
    if let first = words.first, let number = Int32(first), let status = ShellCommands.ExitStatus(rawValue: number) {
      throw ShellError("said \(first)", advice: "say something else", status: status)
    }
    session.output.line(words.joined(separator: " "))
  }
}

/// Prints the lines that follow it up to `end`.
struct Gather: ShellCommand {
  static let name = "gather"
  static let summary = "print the following lines"
  static let group = "Test"
  static let effect = CommandEffect.local

  @LoopActor
  func run(in session: Session) async throws {
    while let line = try await session.readFollowingLine(), line != Array("end".utf8) {
      session.output.line("<\(String(decoding: line, as: UTF8.self))>")
    }
  }
}

let fakeCommands = CommandRegistry<Session> {
  Say.self
  Gather.self
  Exit.self
  Help.self
}
