/// A command without its types: what help, completion, hints and manuals read.
package struct CommandDescription: Sendable {
  package var name: String
  package var aliases: [String]
  package var summary: String
  package var discussion: String
  package var effect: CommandEffect
  package var group: String
  package var parameters: [ParameterDescription]
  package var examples: [CommandExample]
  package var usageOverride: String?

  init<Command: ShellCommand>(_ type: Command.Type) {
    name = Command.name
    aliases = Command.aliases
    summary = Command.summary
    discussion = Command.discussion
    effect = Command.effect
    group = Command.group
    parameters = ArgumentParser.descriptions(of: type) + (Command.mayAsk ? [.yes] : [])
    examples = Command.examples
    usageOverride = Command.usageOverride
  }

  /// Name and parameters on one line: `use [app_name]`.
  package var usage: String {
    ([name] + usageParts).joined(separator: " ")
  }

  /// The parameters as in the usage line, one by one.
  package var usageParts: [String] {
    if let usageOverride { return [usageOverride] }
    return parameters.filter { !$0.isHidden }.map(\.usage)
  }
}
