package import CommandLineKit
package import EventLoop
import CLinux
import Glibc

/// The lines of a script: from a descriptor, or from the text of `-c`.
@LoopActor
package final class ScriptReader {
  /// What messages call it: the file's name, `<stdin>`, `-c`.
  package let name: String
  private var descriptor: Int32?
  private let isOurs: Bool
  private var bytes: [UInt8] = []
  private var position = 0
  private var lines = ScriptLines()
  private var ready: [ScriptLines.Line] = []

  /// What it reads from; nil for the text of `-c`, and at the end.
  package var descriptorOfInput: Int32? { descriptor }

  /// Reads an open descriptor.
  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
    isOurs = false
  }

  /// - Throws: `ShellError` when the file cannot be opened
  package init(file: String) throws(ShellError) {
    let opened = open(file, O_RDONLY | O_CLOEXEC)
    let code = errno
    guard opened >= 0 else {
      throw ShellError("cannot open \(file): \(String(cString: strerror(code)))", status: .usage)
    }
    descriptor = opened
    name = file
    isOurs = true
  }

  /// The commands of `-c`, between `;` and line ends.
  ///
  /// - Throws: `UsageError` for a quote that is not closed
  package init(commands: String) throws(UsageError) {
    name = "-c"
    isOurs = false
    let text = Array(commands.utf8)
    for (index, statement) in try Tokenizer.statements(commands).enumerated() {
      guard let first = statement.tokens.first else { continue }
      let line = Array(text[first.range.lowerBound..<max(first.range.lowerBound, min(statement.end, text.count))])
      ready.append(ScriptLines.Line(text: line, number: index + 1))
    }
  }

  deinit {
    if isOurs, let descriptor { close(descriptor) }
  }

  /// The next line, put together where it goes on after a backslash; nil at the end.
  ///
  /// - Throws: `ShellError` when reading fails
  package func next() async throws(ShellError) -> ScriptLines.Line? {
    if !ready.isEmpty { return ready.removeFirst() }
    while true {
      if let end = bytes[position...].firstIndex(of: 0x0A) {
        let line = Array(bytes[position..<end])
        position = end + 1
        if let whole = lines.add(line) { return whole }
        continue
      }
      guard let descriptor else { return lines.finish() }
      bytes.removeSubrange(..<position)
      position = 0
      let chunk = try await read(descriptor)
      guard chunk.isEmpty else {
        bytes += chunk
        continue
      }
      self.descriptor = nil
      if isOurs { close(descriptor) }
      guard !bytes.isEmpty else { continue }
      let rest = bytes
      bytes = []
      if let whole = lines.add(rest) { return whole }
    }
  }

  private func read(_ descriptor: Int32) async throws(ShellError) -> [UInt8] {
    let name = name
    return try await BlockingPool.run { () throws(ShellError) -> [UInt8] in
      var chunk = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = Glibc.read(descriptor, &chunk, chunk.count)
        let code = errno
        if count >= 0 { return Array(chunk.prefix(count)) }
        guard code == EINTR || code == EAGAIN else {
          throw ShellError("cannot read \(name): \(String(cString: strerror(code)))", status: .usage)
        }
        if code == EAGAIN {
          var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&waiting, 1, -1)
        }
      }
    }
  }
}
