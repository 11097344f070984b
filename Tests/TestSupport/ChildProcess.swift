package import EventLoop
import Glibc
import Synchronization

/// A program that a test runs and talks to, through pipes or on a terminal of its own.
///
/// Its output is collected while it runs. It is killed when the value goes away.
package final class ChildProcess: Sendable {
  package struct Timeout: Error, CustomStringConvertible {
    package var what: String
    package var output: String
    package var errorOutput: String

    package var description: String {
      "\(what)\n--- output so far:\n\(output)\n--- error output so far:\n\(errorOutput)"
    }
  }

  private struct State {
    var output: [UInt8] = []
    var errorOutput: [UInt8] = []
    /// Where the next `read(until:)` begins to look.
    var position = 0
    var openStreams = 0
    var exit: Spawn.Exit?
    var input: Int32?
  }

  package let pid: Int32
  private let state = Mutex(State())
  private let terminal: Int32?

  /// Runs `executable` with pipes; `environment` nil inherits ours.
  package init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String]? = nil, directory: String? = nil
  ) throws {
    let input = try Spawn.pipe()
    let output = try Spawn.pipe()
    let errors = try Spawn.pipe()
    terminal = nil
    defer {
      close(input.reader)
      close(output.writer)
      close(errors.writer)
    }
    pid = try Spawn.start(
      executable, arguments, environment: environment, directory: directory,
      streams: .descriptors(input.reader, output.writer, errors.writer))
    state.withLock {
      $0.input = input.writer
      $0.openStreams = 2
    }
    collect(output.reader, \.output)
    collect(errors.reader, \.errorOutput)
    reap()
  }

  /// Runs `executable` on a new terminal of that size; what it prints, errors included, is `output`.
  package init(
    _ executable: String, _ arguments: [String] = [], columns: Int, rows: Int, environment: [String: String]? = nil,
    directory: String? = nil
  ) throws {
    let (master, name) = try Spawn.openTerminal(columns: columns, rows: rows)
    terminal = master
    pid = try Spawn.start(
      executable, arguments, environment: environment, directory: directory, streams: .terminal(name))
    state.withLock {
      $0.input = dup(master)
      $0.openStreams = 1
    }
    collect(master, \.output)
    reap()
  }

  deinit {
    if state.withLock({ $0.exit == nil }) { Glibc.kill(pid, SIGKILL) }
    closeInput()
  }

  // MARK: Talking

  package var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
  package var errorOutput: String { state.withLock { String(decoding: $0.errorOutput, as: UTF8.self) } }

  /// Writes to its standard input, or types on its terminal.
  package func write(_ text: String) {
    guard let input = state.withLock({ $0.input }) else { return }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// End of file on its standard input.
  package func closeInput() {
    let input = state.withLock { state in
      defer { state.input = nil }
      return state.input
    }
    if let input { close(input) }
  }

  package func resize(columns: Int, rows: Int) {
    if let terminal { Spawn.resizeTerminal(terminal, columns: columns, rows: rows) }
  }

  /// Waits until `pattern` appears in the output behind what earlier calls have returned; answers the text up to its end.
  @discardableResult
  package func read(until pattern: String, within limit: Duration = .seconds(20)) async throws -> String {
    let wanted = Array(pattern.utf8)
    let end = Monotonic.now() + limit
    while true {
      let (found, over) = state.withLock { state -> (String?, Bool) in
        guard let match = state.output[state.position...].firstRange(of: wanted) else {
          return (nil, state.openStreams == 0)
        }
        let text = String(decoding: state.output[state.position..<match.upperBound], as: UTF8.self)
        state.position = match.upperBound
        return (text, false)
      }
      if let found { return found }
      guard !over, Monotonic.now() < end else {
        throw Timeout(
          what: over ? "the output ended without \"\(pattern)\"" : "no \"\(pattern)\" after \(limit.brief)",
          output: output, errorOutput: errorOutput)
      }
      try await loopSleep(.milliseconds(2))
    }
  }

  // MARK: Ending

  package var isRunning: Bool { state.withLock { $0.exit == nil } }

  package func signal(_ number: Int32) {
    if isRunning { Glibc.kill(pid, number) }
  }

  package func kill() { signal(SIGKILL) }

  /// Waits until it has ended and all its output has been read.
  @discardableResult
  package func wait(within limit: Duration = .seconds(60)) async throws -> Spawn.Exit {
    let end = Monotonic.now() + limit
    while true {
      let exit = state.withLock { $0.openStreams == 0 ? $0.exit : nil }
      if let exit { return exit }
      guard Monotonic.now() < end else {
        throw Timeout(what: "still running after \(limit.brief)", output: output, errorOutput: errorOutput)
      }
      try await loopSleep(.milliseconds(2))
    }
  }

  private func collect(_ descriptor: Int32, _ target: any WritableKeyPath<State, [UInt8]> & Sendable) {
    startThread(named: "child-output") { [weak self] in
      var chunk = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        // A terminal answers EIO when the last process has left it.
        guard count > 0, let self else { break }
        self.state.withLock { $0[keyPath: target].append(contentsOf: chunk.prefix(count)) }
      }
      close(descriptor)
      self?.state.withLock { $0.openStreams -= 1 }
    }
  }

  private func reap() {
    startThread(named: "child-exit") { [weak self, pid] in
      let exit = (try? Spawn.wait(for: pid)) ?? .code(-1)
      self?.state.withLock { $0.exit = exit }
    }
  }
}

extension ChildProcess {
  package struct Outcome: Sendable {
    package var exit: Spawn.Exit
    package var output: String
    package var errorOutput: String
  }

  /// Runs a program to its end, with `input` on its standard input.
  package static func run(
    _ executable: String, _ arguments: [String] = [], input: String = "", environment: [String: String]? = nil,
    directory: String? = nil, within limit: Duration = .seconds(60)
  ) async throws -> Outcome {
    let child = try ChildProcess(executable, arguments, environment: environment, directory: directory)
    let writer = Task.detached {
      child.write(input)
      child.closeInput()
    }
    defer { writer.cancel() }
    return try await child.outcome(within: limit)
  }

  /// As `wait`, with all that it has said.
  package func outcome(within limit: Duration = .seconds(60)) async throws -> Outcome {
    let exit = try await wait(within: limit)
    return Outcome(exit: exit, output: output, errorOutput: errorOutput)
  }
}
