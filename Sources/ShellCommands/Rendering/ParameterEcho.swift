import CommandLineKit

/// The parameters of a command as it understood them, one on each line, as the old shell shows them before it works.
struct ParameterEcho {
  private(set) var lines: [String] = []

  mutating func add(_ name: String, _ value: some CustomStringConvertible) { lines.append("\(name): \(value)") }

  mutating func addLine(_ line: String) { lines.append(line) }

  /// Bytes are shown in the usual escapes whatever `escape_all` says.
  mutating func add(_ name: String, bytes: [UInt8]) { lines.append("\(name): \(quoted(bytes))") }

  /// The kind of a filter, and its pattern when there is a filter.
  mutating func add(filter name: String, _ kind: (some RawRepresentable<String>)?, _ pattern: [UInt8]?) {
    add("\(name)_filter_type", kind?.rawValue ?? "no_filter")
    if kind != nil { add("\(name)_filter_pattern", bytes: pattern ?? []) }
  }
}

extension Session {
  /// Shows the parameters as messages; not in JSON mode, where nobody reads them.
  func show(_ echo: ParameterEcho) {
    guard !output.isJSON else { return }
    for line in echo.lines { output.note(line) }
    output.note("")
  }
}
