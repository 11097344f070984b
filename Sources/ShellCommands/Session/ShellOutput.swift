package import JSON
import Bytes
package import EventLoop
import Glibc
package import Terminal

/// What a command prints: results on standard output, messages on standard error. Results are buffered and written when
/// the buffer is full, before any message, and at the command's end; on a terminal with each line.
@LoopActor
package final class ShellOutput {
  /// Whether results are JSON whatever a command's own `-j` says.
  package let isJSON: Bool
  /// Of standard output.
  package let style: Style
  /// Nobody reads standard output any more, or its device is full; nothing more is written to it.
  package private(set) var broken: OutputError?
  /// Called once when that happens.
  package var onBroken: (@LoopActor () -> Void)?
  /// The progress that is on the screen: messages go above it.
  package weak var progress: ProgressView?

  /// Of standard output at this moment; nil when it is no terminal, and whatever is long may be long.
  package var columns: Int? { terminal.flatMap { $0.isTerminal ? $0.columns : nil } }

  private let terminal: TerminalCapabilities?
  private let results: OutputStream
  private let messages: OutputStream
  /// Of standard error.
  package let messageStyle: Style

  package init(
    isJSON: Bool = false, results: OutputStream = .standardOutput(), messages: OutputStream = .standardError(),
    style: Style = .plain, messageStyle: Style = .plain, terminal: TerminalCapabilities? = nil
  ) {
    self.terminal = terminal
    self.isJSON = isJSON
    self.results = results
    self.messages = messages
    self.style = style
    self.messageStyle = messageStyle
  }

  // MARK: Results

  /// A result line.
  package func line(_ text: String = "") {
    attempt { () throws(OutputError) in try results.line(text) }
  }

  /// Result text as it is.
  package func write(_ text: String) {
    attempt { () throws(OutputError) in try results.write(text) }
  }

  /// Result bytes as they are.
  package func write(_ bytes: [UInt8]) {
    attempt { () throws(OutputError) in try results.write(bytes: bytes) }
  }

  /// Result bytes as they are.
  package func write(_ span: RawSpan) {
    span.withUnsafeBytes { bytes in
      attempt { () throws(OutputError) in try results.write(bytes: bytes) }
    }
  }

  /// One document; `"version"` becomes the first member of an object.
  package func json(_ value: JSONValue) { line(Self.document(value).text()) }

  /// As `json`, for an object.
  package func json(_ object: JSONObject) { json(.object(object)) }

  /// The document with `"version"` in front.
  package static func document(_ value: JSONValue) -> JSONValue {
    guard case .object(let members) = value else { return value }
    return .object([JSONMember("version", .integer(Int64(Report.version)))] + members.filter { $0.key != "version" })
  }

  /// A result of one or more sections, in the old shell's layout or as one document.
  ///
  /// - Parameters:
  ///   - asJSON: the command's own `-j`
  ///   - file: the command's own `-o`: written instead of standard output
  /// - Throws: `ShellError` when the file cannot be written
  package func table(_ sections: [TextTable], asJSON: Bool = false, file: String? = nil) throws(ShellError) {
    let report = Report(sections, separatesSections: sections.count > 1)
    let isJSON = asJSON || isJSON
    let text = isJSON ? report.json.text() + "\n" : report.text(style: file == nil ? style : .plain)
    guard let file else { return write(text) }
    do {
      let stream = try OutputStream(path: file)
      try stream.write(text)
      try stream.flush()
    } catch {
      throw ShellError(error.description)
    }
  }

  /// Writes what is buffered.
  package func flush() {
    attempt { () throws(OutputError) in try results.flush() }
  }

  private func attempt(_ body: () throws(OutputError) -> Void) {
    guard broken == nil else { return }
    do {
      try body()
    } catch {
      broken = error
      onBroken?()
    }
  }

  // MARK: Messages

  /// `INFO: …`
  package func info(_ text: String) { message(messageStyle(.success, "INFO: ") + text) }

  /// A message without a mark.
  package func note(_ text: String) { message(text) }

  /// `WARNING: …`
  package func warning(_ text: String) { message(messageStyle(.warning, "WARNING: ") + text) }

  /// `ERROR: …`
  package func error(_ text: String) { message(messageStyle(.error, "ERROR: ") + text) }

  private func message(_ text: String) {
    flush()
    if let progress { return progress.log(text) }
    try? messages.line(text)
    try? messages.flush()
  }
}
