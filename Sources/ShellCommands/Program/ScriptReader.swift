package import CommandLineKit
package import EventLoop
import Glibc
import Terminal

/// The lines of a script: from a descriptor, or from the text of `-c`.
@LoopActor
package final class ScriptReader {
  /// What messages call it: the file's name, `<stdin>`, `-c`.
  package let name: String
  private var descriptor: Int32?
  private let reader: LineReader?
  private let isOurs: Bool
  private var lines = ScriptLines()
  private var ready: [ScriptLines.Line] = []

  /// What it reads from; nil for the text of `-c`, and at the end.
  package var descriptorOfInput: Int32? { descriptor }

  /// Reads an open descriptor.
  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
    reader = LineReader(descriptor: descriptor)
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
    reader = LineReader(descriptor: opened)
    isOurs = true
  }

  /// The commands of `-c`, between `;` and line ends.
  ///
  /// - Throws: `UsageError` for a quote that is not closed
  package init(commands: String) throws(UsageError) {
    name = "-c"
    reader = nil
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
    while let line = try await readLine() {
      if let whole = lines.add(line) { return whole }
    }
    return lines.finish()
  }

  private func readLine() async throws(ShellError) -> [UInt8]? {
    guard let reader, let descriptor else { return nil }
    if let line = reader.readAhead() { return line }
    let result = await BlockingPool.run { () -> Result<[UInt8]?, InputError> in
      do throws(InputError) { return .success(try reader.next()) } catch { return .failure(error) }
    }
    switch result {
    case .failure(let error): throw ShellError("cannot read \(name): \(error.reason)", status: .usage)
    case .success(let line?): return line
    case .success(nil):
      self.descriptor = nil
      if isOurs { close(descriptor) }
      return nil
    }
  }
}
