import Synchronization

/// A command without its types: what help, completion, hints and manuals read.
package struct CommandDescription: Sendable {
  package let name: String
  package let aliases: [String]
  package let summary: String
  package let effect: CommandEffect
  package let group: String
  package let usageOverride: String?
  private let declaration: Declaration

  package var discussion: String { declaration.details.discussion }
  package var parameters: [ParameterDescription] { declaration.details.parameters }
  package var examples: [CommandExample] { declaration.details.examples }

  init<Command: ShellCommand>(_ type: Command.Type) {
    name = Command.name
    aliases = Command.aliases
    summary = Command.summary
    effect = Command.effect
    group = Command.group
    usageOverride = Command.usageOverride
    declaration = Declaration {
      Details(
        discussion: Command.discussion,
        parameters: ArgumentParser.descriptions(of: type) + (Command.mayAsk ? [.yes] : []), examples: Command.examples)
    }
  }

  private struct Details: Sendable {
    var discussion: String
    var parameters: [ParameterDescription]
    var examples: [CommandExample]
  }

  /// The rest of a description, made when somebody asks for it: the key paths of all commands together take longer than
  /// everything else that comes before the first prompt, and a run of the shell uses few of them.
  private final class Declaration: Sendable {
    private let make: @Sendable () -> Details
    private let made = Mutex<Details?>(nil)

    init(_ make: @escaping @Sendable () -> Details) { self.make = make }

    var details: Details {
      made.withLock { known in
        if let known { return known }
        let details = make()
        known = details
        return details
      }
    }
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
