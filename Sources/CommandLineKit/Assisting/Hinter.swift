/// The rest of the usage behind the cursor; it shrinks as the line grows.
package struct Hinter: Sendable {
  private let commands: [CommandDescription]

  package init(commands: [CommandDescription]) { self.commands = commands }

  /// What to show after a line whose cursor is at its end; empty when there is nothing to say.
  package func hint(for line: [UInt8]) -> String {
    let partial = Tokenizer.partial(line)
    guard partial.start != nil, partial.openQuote == nil else { return "" }
    guard let name = partial.words.first?.text else { return commandHint(partial.current?.text ?? "") }
    guard let command = commands.first(where: { $0.name == name || $0.aliases.contains(name) }) else { return "" }
    var scanner = ArgumentScanner(command.parameters)
    for word in partial.words.dropFirst() { try? scanner.add(word) }
    guard let current = partial.current else {
      if let pending = scanner.pending {
        return join([command.parameters[pending.index].valueName] + rest(command, scanner))
      }
      return join(rest(command, scanner))
    }
    if scanner.pending == nil, !scanner.optionsEnded, !current.isQuoted, current.text.hasPrefix("--") {
      if let ending = optionEnding(current.text, scanner) { return ending }
    }
    do { try scanner.add(current) } catch { return "" }
    if let pending = scanner.pending { return " " + join([command.parameters[pending.index].valueName]) }
    let parts = rest(command, scanner)
    return parts.isEmpty ? "" : " " + join(parts)
  }

  private func commandHint(_ typed: String) -> String {
    guard !typed.isEmpty else { return "" }
    if let exact = commands.first(where: { $0.name == typed }) {
      return exact.usageParts.isEmpty ? "" : " " + join(exact.usageParts)
    }
    let matches = commands.filter { $0.name.hasPrefix(typed) }
    guard matches.count == 1, let only = matches.first else { return "" }
    return join([String(only.name.dropFirst(typed.count))] + only.usageParts)
  }

  /// `--max_b` → `atch_count num`, when only one unused option begins so.
  private func optionEnding(_ typed: String, _ scanner: ArgumentScanner) -> String? {
    guard !typed.contains("="), typed.count > 2 else { return typed.contains("=") ? nil : "" }
    let wanted = ArgumentScanner.normalized(typed)
    var endings: [String] = []
    for parameter in scanner.parameters where !parameter.isHidden {
      for name in parameter.longNames where ArgumentScanner.normalized(name).hasPrefix(wanted) {
        endings.append(name.dropFirst(typed.count) + (parameter.role == .flag ? "" : " \(parameter.valueName)"))
      }
    }
    return endings.count == 1 ? endings[0] : ""
  }

  private func rest(_ command: CommandDescription, _ scanner: ArgumentScanner) -> [String] {
    if command.usageOverride != nil, scanner.bindings.isEmpty { return command.usageParts }
    return command.parameters.enumerated().compactMap { index, parameter in
      guard !parameter.isHidden else { return nil }
      if parameter.isRest, scanner.isUsed(index) { return "[\(parameter.valueName)...]" }
      return scanner.isUsed(index) || scanner.pending?.index == index ? nil : parameter.usage
    }
  }

  private func join(_ parts: [String]) -> String { parts.joined(separator: " ") }
}
