/// How sure one has to be.
package enum ConfirmationLevel: Sendable, Equatable {
  /// `yes` or `no`, and no is what an empty line means.
  case yesOrNo
  /// This word has to be typed.
  case typed(String)
}

/// Why a command was not run.
package enum ConfirmationError: Error, Equatable, Sendable, CustomStringConvertible {
  case refused
  /// There is nobody to ask.
  case cannotAsk(question: String, remedy: String)

  package var description: String {
    switch self {
    case .refused: return "not done"
    case .cannotAsk(let question, let remedy): return "\(question) Nobody can be asked here; \(remedy)"
    }
  }
}

/// Asks before something is done that is hard to undo.
package struct ConfirmationPrompt: Sendable {
  private let isInteractive: Bool
  private let assumesYes: Bool
  private let ask: @Sendable (String) async -> String?

  /// - Parameters:
  ///   - isInteractive: whether standard input is a terminal.
  ///   - assumesYes: `--yes` was given.
  ///   - ask: shows a prompt and gives the line typed; nil when there is none (Ctrl-C, Ctrl-D).
  package init(isInteractive: Bool, assumesYes: Bool, ask: @escaping @Sendable (String) async -> String?) {
    self.isInteractive = isInteractive
    self.assumesYes = assumesYes
    self.ask = ask
  }

  /// Comes back when it may be done, throws when not.
  package nonisolated(nonsending) func require(
    _ question: String, level: ConfirmationLevel = .yesOrNo
  ) async throws(ConfirmationError) {
    if assumesYes { return }
    guard isInteractive else {
      throw ConfirmationError.cannotAsk(question: question, remedy: "add --yes to do it without a question")
    }
    let choices: String
    switch level {
    case .yesOrNo: choices = "[yes/No] "
    case .typed(let word): choices = "Type '\(word)' to go on: "
    }
    for _ in 0..<3 {
      guard let line = await ask("\(question) \(choices)") else { throw ConfirmationError.refused }
      let answer = Self.trimmed(line)
      switch level {
      case .typed(let word):
        if answer == word { return }
        throw ConfirmationError.refused
      case .yesOrNo:
        switch answer.lowercased() {
        case "y", "yes": return
        case "", "n", "no": throw ConfirmationError.refused
        default: continue
        }
      }
    }
    throw ConfirmationError.refused
  }

  private static func trimmed(_ line: String) -> String {
    let front = line.drop { $0.isWhitespace }
    return String(front.reversed().drop { $0.isWhitespace }.reversed())
  }
}
