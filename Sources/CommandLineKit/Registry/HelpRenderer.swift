/// How help marks its parts; the plain one marks nothing.
package struct HelpStyle: Sendable {
  package var heading: @Sendable (String) -> String
  package var name: @Sendable (String) -> String
  package var dim: @Sendable (String) -> String

  package init(
    heading: @escaping @Sendable (String) -> String = { $0 }, name: @escaping @Sendable (String) -> String = { $0 },
    dim: @escaping @Sendable (String) -> String = { $0 }
  ) {
    self.heading = heading
    self.name = name
    self.dim = dim
  }

  package static let plain = HelpStyle()
}

/// Help as text for a given width.
package struct HelpRenderer: Sendable {
  private let style: HelpStyle
  private let width: Int

  package init(style: HelpStyle = .plain, width: Int = 100) {
    self.style = style
    self.width = max(40, min(width, 120))
  }

  /// All commands by group, one line each: name and summary.
  package func overview(_ commands: [CommandDescription]) -> String {
    var groups: [(name: String, commands: [CommandDescription])] = []
    for command in commands {
      if let place = groups.firstIndex(where: { $0.name == command.group }) {
        groups[place].commands.append(command)
      } else {
        groups.append((command.group, [command]))
      }
    }
    let column = (commands.map(\.name.count).max() ?? 0) + 2
    var lines: [String] = []
    for group in groups {
      lines.append(style.heading(group.name))
      for command in group.commands {
        lines += entry(style.name(command.name), visible: command.name.count, command.summary, column: column)
      }
      lines.append("")
    }
    lines.append("'help <command>' shows parameters, defaults and examples; '<command> --help' does the same.")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Everything about one command.
  package func page(_ command: CommandDescription) -> String {
    var lines = ["\(style.name(command.name)): \(command.summary)" + style.dim("  [\(Self.tag(command.effect))]"), ""]
    lines += usage(command)
    if !command.examples.isEmpty {
      lines += ["", style.heading("Examples")]
      for example in command.examples {
        lines.append("  " + style.name(example.line))
        lines += wrap(example.explanation, indent: 6)
      }
    }
    let visible = command.parameters.filter { !$0.isHidden }
    if !visible.isEmpty {
      lines += ["", style.heading("Parameters")]
      let heads = visible.map(Self.head)
      let column = min(34, (heads.map(\.count).max() ?? 0) + 2)
      for (parameter, head) in zip(visible, heads) {
        lines += entry(style.name(head), visible: head.count, Self.details(parameter), column: column)
      }
    }
    if !command.aliases.isEmpty { lines += ["", "Also: " + command.aliases.joined(separator: ", ")] }
    if !command.discussion.isEmpty {
      for paragraph in command.discussion.split(separator: "\n\n", omittingEmptySubsequences: true) {
        lines += [""] + wrap(String(paragraph), indent: 0)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The usage, wrapped between parameters.
  package func usage(_ command: CommandDescription) -> [String] {
    var lines: [String] = []
    var current = "Usage: \(command.name)"
    let indent = String(repeating: " ", count: 9)
    for part in command.usageParts {
      if current.count + 1 + part.count > width, current.count > indent.count {
        lines.append(current)
        current = indent + part
      } else {
        current += " " + part
      }
    }
    return lines + [current]
  }

  /// What the effect means, in words.
  package static func tag(_ effect: CommandEffect) -> String {
    switch effect {
    case .local: return "local"
    case .reads: return "reads"
    case .writes: return "writes"
    case .destroys: return "destroys"
    }
  }

  /// `-t, --timeout_ms num`, `<hash_key>`.
  static func head(_ parameter: ParameterDescription) -> String {
    switch parameter.role {
    case .argument, .rest: return parameter.usage
    case .flag: return parameter.names.joined(separator: ", ")
    case .option: return parameter.names.joined(separator: ", ") + " " + parameter.valueName
    }
  }

  /// Help text with what is required, allowed and the default.
  static func details(_ parameter: ParameterDescription) -> String {
    var text = parameter.help
    var notes: [String] = []
    if parameter.role == .option, parameter.isRequired { notes.append("required") }
    if !parameter.allowedValues.isEmpty, parameter.valueName != parameter.allowedValues.joined(separator: "|") {
      notes.append("one of " + parameter.allowedValues.joined(separator: ", "))
    }
    if !parameter.isRequired, parameter.role != .flag, let value = parameter.defaultText {
      notes.append("default: \(value)")
    }
    if !notes.isEmpty { text += (text.isEmpty ? "" : " ") + "(\(notes.joined(separator: "; ")))" }
    return text
  }

  private func entry(_ head: String, visible: Int, _ text: String, column: Int) -> [String] {
    var body = wrap(text, indent: column + 2)
    let start = "  " + head
    guard visible < column, !body.isEmpty else { return [start] + body }
    let first = body.removeFirst().drop(while: { $0 == " " })
    return [start + String(repeating: " ", count: column - visible) + first] + body
  }

  private func wrap(_ text: String, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var current = margin
      for word in line.split(separator: " ") {
        if current.count > indent, current.count + 1 + word.count > width {
          lines.append(current)
          current = margin
        }
        current += (current.count > indent ? " " : "") + word
      }
      lines.append(current)
    }
    return text.isEmpty ? [] : lines
  }
}
