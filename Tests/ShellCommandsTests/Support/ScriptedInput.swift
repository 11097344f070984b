import Synchronization

@testable import ShellCommands

/// Input that is known beforehand: lines of a script, and answers to questions.
final class ScriptedInput: SessionInput {
  private let lines: Mutex<[String]>

  init(_ lines: [String] = []) { self.lines = Mutex(lines) }

  func set(_ new: [String]) { lines.withLock { $0 = new } }

  func answer(to question: String) async -> String? { next() }

  func followingLine(prompt: String) async -> [UInt8]? { next().map { Array($0.utf8) } }

  private func next() -> String? { lines.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}
