/// What is wrong with a configuration, and where.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  package var file: String?
  /// From 1.
  package var line: Int?
  /// What was found and what was expected, without a full stop.
  package var message: String

  package init(file: String? = nil, line: Int? = nil, _ message: String) {
    self.file = file
    self.line = line
    self.message = message
  }

  /// `file:line: message`.
  package var description: String {
    guard let file else { return message }
    return line.map { "\(file):\($0): \(message)" } ?? "\(file): \(message)"
  }
}
