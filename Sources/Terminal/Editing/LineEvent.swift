/// What became of a line.
package enum LineEvent: Sendable, Equatable {
  case line(String)
  /// Ctrl-C: the line was given up.
  case interrupted
  /// Ctrl-D on an empty line, or the terminal went away.
  case endOfInput
  /// Reading failed for this reason.
  case failed(String)
}
