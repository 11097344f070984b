/// The commands of a shell.
///
///     let registry = CommandRegistry<Session> {
///       Use.self
///       List.self
///     }
package struct CommandRegistry<Context: Sendable>: Sendable {
  package let entries: [CommandEntry<Context>]
  private let index: [String: Int]

  package init(@CommandListBuilder<Context> _ commands: () -> [CommandEntry<Context>]) {
    self.init(commands())
  }

  /// Of two commands with the same name or alias the first one wins; a test of the list should see to it that there are none.
  package init(_ entries: [CommandEntry<Context>]) {
    self.entries = entries
    var index: [String: Int] = [:]
    for (position, entry) in entries.enumerated() where index[entry.description.name] == nil {
      index[entry.description.name] = position
    }
    for (position, entry) in entries.enumerated() {
      for alias in entry.description.aliases where index[alias] == nil { index[alias] = position }
    }
    self.index = index
  }

  /// The commands without their types, in the order of the list.
  package var descriptions: [CommandDescription] { entries.map(\.description) }

  /// The command with exactly that name or alias, hyphens being as good as underscores. Nothing is guessed: a wrong case or
  /// a beginning is not run.
  package subscript(name: String) -> CommandEntry<Context>? {
    (index[name] ?? index[name.replacing("-", with: "_")]).map { entries[$0] }
  }

  /// The command that a line begins with, and how many words its name has: an alias may have two.
  private func command(_ tokens: [Token]) -> (entry: CommandEntry<Context>, words: Int)? {
    guard let first = tokens.first else { return nil }
    if let second = tokens.dropFirst().first, let position = index["\(first.text) \(second.text)"] {
      return (entries[position], 2)
    }
    return self[first.text].map { ($0, 1) }
  }

  /// From the words of a line to a command that can be run. The error has the nearest name or the usage line.
  /// - Precondition-free: an empty list of words is an error like any other.
  package func resolve(_ tokens: [Token]) throws(UsageError) -> Resolution<Context> {
    guard let first = tokens.first else { throw UsageError("no command", kind: .other) }
    guard let (entry, words) = command(tokens) else { throw unknownCommand(first.text) }
    do {
      return try entry.decode(Array(tokens.dropFirst(words)))
    } catch {
      var error = error
      error.usage = error.usage ?? entry.description.usage
      throw error
    }
  }

  /// The error for a name that no command has.
  package func unknownCommand(_ name: String) -> UsageError {
    // A line of a binary file is no name.
    let shown = ByteEscaping.escape(name.utf8.prefix(60)) + (name.utf8.count > 60 ? "…" : "")
    return UsageError(
      "unknown command '\(shown)'", kind: .unknownCommand, suggestion: nearestName(to: name))
  }

  /// The command name that was most likely meant.
  package func nearestName(to name: String) -> String? {
    EditDistance.nearest(to: name, among: entries.map(\.description.name))
  }

  /// Whether a line gives a value to a parameter that is declared secret: such a line must not reach the history.
  package func carriesSecret(_ line: [UInt8]) -> Bool {
    let partial = Tokenizer.partial(line)
    let words = partial.words + (partial.current.map { [$0] } ?? [])
    guard let (entry, count) = command(words) else { return false }
    var scanner = ArgumentScanner(entry.description.parameters)
    for word in words.dropFirst(count) { try? scanner.add(word) }
    return scanner.bindings.contains { entry.description.parameters[$0.index].isSecret }
  }
}

/// Collects command types into entries.
@resultBuilder
package enum CommandListBuilder<Context: Sendable> {
  package static func buildExpression<Command: ShellCommand>(_ type: Command.Type) -> [CommandEntry<Context>]
  where Command.Context == Context {
    [CommandEntry(type)]
  }
  package static func buildExpression(_ entries: [CommandEntry<Context>]) -> [CommandEntry<Context>] { entries }
  package static func buildBlock(_ parts: [CommandEntry<Context>]...) -> [CommandEntry<Context>] {
    parts.flatMap { $0 }
  }
}
