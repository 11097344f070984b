/// A program as manuals and completion files of other shells need it.
package struct ProgramDescription: Sendable {
  package var name: String
  package var version: String
  package var summary: String
  package var discussion: String
  package var parameters: [ParameterDescription]
  package var commands: [CommandDescription]
  /// Numbers and meanings of the exit status.
  package var exitStatus: [(code: Int, meaning: String)]
  package var examples: [CommandExample]

  package init<Options: ParameterSet>(
    name: String, version: String, summary: String, discussion: String = "", options: Options.Type,
    commands: [CommandDescription] = [], exitStatus: [(code: Int, meaning: String)] = [],
    examples: [CommandExample] = []
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.discussion = discussion
    self.parameters = ArgumentParser.descriptions(of: options)
    self.commands = commands
    self.exitStatus = exitStatus
    self.examples = examples
  }
}

/// The manual page of a program and of its commands, in roff.
package enum ManualPage {
  package static func render(_ program: ProgramDescription) -> String {
    var out = [".TH \(program.name.uppercased()) 1 \"\" \"\(escape(program.name)) \(escape(program.version))\""]
    out += [".SH NAME", "\(escape(program.name)) \\- \(escape(program.summary))"]
    out += [".SH SYNOPSIS", ".B \(escape(program.name))"]
    out.append(escape(program.parameters.filter { !$0.isHidden }.map(\.usage).joined(separator: " ")))
    if !program.discussion.isEmpty { out += [".SH DESCRIPTION"] + paragraphs(program.discussion) }
    if !program.examples.isEmpty { out += [".SH EXAMPLES"] + examples(program.examples) }
    out += [".SH OPTIONS"] + parameters(program.parameters)
    if !program.commands.isEmpty {
      out.append(".SH COMMANDS")
      var groups: [String] = []
      for command in program.commands where !groups.contains(command.group) { groups.append(command.group) }
      for group in groups {
        out.append(".SS \(escape(group))")
        for command in program.commands where command.group == group { out += page(command) }
      }
    }
    if !program.exitStatus.isEmpty {
      out.append(".SH EXIT STATUS")
      for (code, meaning) in program.exitStatus { out += [".TP", ".B \(code)", escape(meaning)] }
    }
    return out.joined(separator: "\n") + "\n"
  }

  private static func page(_ command: CommandDescription) -> [String] {
    var out = [".PP", ".B \(escape(command.name))", escape(command.usageParts.joined(separator: " "))]
    out += [".RS 4", escape(command.summary) + " (\(HelpRenderer.tag(command.effect)))."]
    if !command.discussion.isEmpty { out += [".PP"] + paragraphs(command.discussion) }
    out += parameters(command.parameters)
    if !command.examples.isEmpty { out += examples(command.examples) }
    return out + [".RE"]
  }

  private static func parameters(_ list: [ParameterDescription]) -> [String] {
    list.filter { !$0.isHidden }.flatMap { parameter in
      [".TP", ".B \(escape(HelpRenderer.head(parameter)))", escape(HelpRenderer.details(parameter))]
    }
  }

  private static func examples(_ list: [CommandExample]) -> [String] {
    list.flatMap { [".PP", ".nf", ".B \(escape($0.line))", ".fi", ".RS 4", escape($0.explanation), ".RE"] }
  }

  private static func paragraphs(_ text: String) -> [String] {
    text.split(separator: "\n\n").enumerated().flatMap { index, paragraph in
      (index == 0 ? [] : [".PP"]) + [escape(String(paragraph))]
    }
  }

  /// Text that roff prints as it is: no line begins with a control character.
  static func escape(_ text: String) -> String {
    var out = ""
    var isLineStart = true
    for character in text {
      switch character {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case ".", "'": out += isLineStart ? "\\&\(character)" : String(character)
      default: out.append(character)
      }
      isLineStart = character == "\n"
    }
    return out
  }
}
