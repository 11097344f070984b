/// Where a running command gets more input from: the terminal, or the script that it stands in.
package protocol SessionInput: Sendable {
  /// Shows a question and waits for one line; nil when there is none to be had.
  func answer(to question: String) async -> String?

  /// The next line of the same input, without its line feed; nil at its end. The prompt is shown on a terminal only.
  func followingLine(prompt: String) async -> [UInt8]?

  /// Takes back what was typed while keys were read, for the next line.
  func typeAhead(_ bytes: [UInt8])
}

extension SessionInput {
  package func typeAhead(_ bytes: [UInt8]) {}
}

/// Has nothing to say.
package struct EmptyInput: SessionInput {
  package init() {}
  package func answer(to question: String) async -> String? { nil }
  package func followingLine(prompt: String) async -> [UInt8]? { nil }
}
