/// Finds what the word at the cursor can become.
package struct Completer: Sendable {
  private let commands: [CommandDescription]
  private let source: any CompletionSource

  package init(commands: [CommandDescription], source: any CompletionSource = EmptyCompletionSource()) {
    self.commands = commands
    self.source = source
  }

  /// The candidates for a line with the cursor at a byte offset.
  package func complete(_ line: [UInt8], cursor: Int) -> CompletionResult {
    let cursor = max(0, min(cursor, line.count))
    let partial = Tokenizer.partial(Array(line[..<cursor]))
    guard let start = partial.start else { return CompletionResult(replaced: cursor..<cursor, candidates: []) }
    var result = CompletionResult(replaced: start..<cursor, candidates: [])
    let typed = partial.current?.text ?? ""
    guard let name = partial.words.first?.text else {
      result.candidates = words(commands.map(\.name), typed, ignoringCase: true, partial.openQuote)
      return result
    }
    guard let command = commands.first(where: { $0.name == name || $0.aliases.contains(name) }) else { return result }
    var scanner = ArgumentScanner(command.parameters)
    for word in partial.words.dropFirst() { try? scanner.add(word) }

    if let pending = scanner.pending {
      result.candidates = values(of: command.parameters[pending.index], typed, partial.openQuote)
      return result
    }
    if typed.hasPrefix("-"), !scanner.optionsEnded, partial.openQuote == nil {
      result.candidates = options(scanner, typed, cursor: cursor, start: start, replaced: &result.replaced)
      return result
    }
    if let index = scanner.nextPositional {
      result.candidates = values(of: command.parameters[index], typed, partial.openQuote)
    }
    return result
  }

  private func options(
    _ scanner: ArgumentScanner, _ typed: String, cursor: Int, start: Int, replaced: inout Range<Int>
  ) -> [CompletionResult.Candidate] {
    if let equals = typed.firstIndex(of: "="), typed.hasPrefix("--") {
      let name = ArgumentScanner.normalized(String(typed[..<equals]))
      let matches = scanner.parameters.filter { parameter in
        parameter.longNames.contains { ArgumentScanner.normalized($0) == name }
      }
      guard let parameter = matches.first else { return [] }
      replaced = (start + typed[...equals].utf8.count)..<cursor
      return values(of: parameter, String(typed[typed.index(after: equals)...]), nil)
    }
    let wanted = ArgumentScanner.normalized(typed)
    var list: [CompletionResult.Candidate] = []
    for (index, parameter) in scanner.parameters.enumerated()
    where !parameter.isPositional && !parameter.isHidden
      && (!scanner.isUsed(index) || parameter.isList)
    {
      guard let name = parameter.names.first(where: { $0.hasPrefix("--") }) ?? parameter.names.first else { continue }
      let isMatch = ArgumentScanner.normalized(name).hasPrefix(wanted) || parameter.shortNames.contains(typed)
      if isMatch { list.append(.init(text: name, label: HelpRenderer.head(parameter), isFinal: true)) }
    }
    return list
  }

  private func values(
    of parameter: ParameterDescription, _ typed: String, _ quote: UInt8?
  ) -> [CompletionResult.Candidate] {
    switch parameter.completion {
    case .none: return []
    case .values(let list): return words(list, typed, ignoringCase: true, quote)
    case .command: return words(commands.map(\.name), typed, ignoringCase: true, quote)
    default:
      // A list separated by commas: only its last item is completed.
      if parameter.isList, parameter.role == .option, let comma = typed.lastIndex(of: ",") {
        let head = String(typed[...comma])
        let tail = String(typed[typed.index(after: comma)...])
        let names = source.candidates(for: parameter.completion, prefix: tail).filter { $0.hasPrefix(tail) }
        return words(names.map { head + $0 }, typed, ignoringCase: false, quote)
      }
      let names = source.candidates(for: parameter.completion, prefix: typed)
      return words(names, typed, ignoringCase: false, quote)
    }
  }

  private func words(
    _ names: [String], _ typed: String, ignoringCase: Bool, _ quote: UInt8?
  ) -> [CompletionResult.Candidate] {
    var matches = names.filter { $0.hasPrefix(typed) }
    if matches.isEmpty, ignoringCase {
      matches = names.filter { $0.lowercased().hasPrefix(typed.lowercased()) }
    }
    return matches.map { name in
      let isFinal = !name.hasSuffix("/")
      return .init(text: Self.quoted(name, quote, closes: isFinal), label: name, isFinal: isFinal)
    }
  }

  /// A word as it has to be typed; an open quote of the user is kept.
  static func quoted(_ word: String, _ quote: UInt8?, closes: Bool) -> String {
    let special =
      word.isEmpty || word.hasPrefix("#") || word.utf8.contains { LineScanner.isBlank($0) || $0 == 0x22 || $0 == 0x27 }
    if quote == UInt8(ascii: "'") {
      return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
        + (closes ? "'" : "")
    }
    guard special || quote != nil else { return word }
    var text = "\""
    for scalar in word.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\" + String(scalar)
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + (closes ? "\"" : "")
  }
}
