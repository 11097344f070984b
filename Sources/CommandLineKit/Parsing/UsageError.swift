/// A command line that cannot be run, and what to type instead.
package struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    case unknownCommand
    case unknownOption
    case ambiguousOption
    case missingValue
    case missingParameter
    case invalidValue
    case unexpectedArgument
    case conflict
    case syntax
    case other
  }

  package var kind: Kind
  /// One line without a full stop.
  package var message: String
  /// The nearest name that exists.
  package var suggestion: String?
  /// The usage line of the command, when the command is known.
  package var usage: String?
  /// Where in the line, from 1, in characters.
  package var column: Int?

  package init(
    _ message: String, kind: Kind = .other, suggestion: String? = nil, usage: String? = nil, column: Int? = nil
  ) {
    self.kind = kind
    self.message = message
    self.suggestion = suggestion
    self.usage = usage
    self.column = column
  }

  /// Message, suggestion and usage, as lines to be shown.
  package var description: String {
    var text = message
    if let column { text += " (column \(column))" }
    if let suggestion { text += "; did you mean '\(suggestion)'?" }
    if let usage { text += "\nUSAGE: \(usage)" }
    return text
  }
}
