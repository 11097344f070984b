/// A command of a registry: its description and the way from words to something that can be run.
package struct CommandEntry<Context: Sendable>: Sendable {
  package let description: CommandDescription
  let decode: @Sendable ([Token]) throws(UsageError) -> Resolution<Context>

  package init<Command: ShellCommand>(_ type: Command.Type) where Command.Context == Context {
    let description = CommandDescription(type)
    self.description = description
    decode = { (tokens) throws(UsageError) in
      let rest = Command.mayAsk ? tokens.filter { $0.isQuoted || $0.text != "--yes" } : tokens
      switch try ArgumentParser.parse(type, rest) {
      case .help: return .help(description)
      case .value(let command, let warnings):
        return .command(
          BoundCommand(
            description: description, command: command, warnings: warnings, assumesYes: rest.count < tokens.count))
      }
    }
  }
}

/// What a line asks for.
package enum Resolution<Context: Sendable>: Sendable {
  case command(BoundCommand<Context>)
  /// `--help` was given.
  case help(CommandDescription)
}

/// A command with its parameters, ready to run.
package struct BoundCommand<Context: Sendable>: Sendable {
  package let description: CommandDescription
  /// The decoded command.
  package let command: any ShellCommand
  /// Remarks to show before running (deprecated options).
  package let warnings: [String]
  /// `--yes` was among the words.
  package let assumesYes: Bool
  private let body: nonisolated(nonsending) @Sendable (Context) async throws -> Void

  package init<Command: ShellCommand>(
    description: CommandDescription, command: Command, warnings: [String] = [], assumesYes: Bool = false
  ) where Command.Context == Context {
    self.description = description
    self.command = command
    self.warnings = warnings
    self.assumesYes = assumesYes
    body = { context in try await command.run(in: context) }
  }

  /// Runs the command in the isolation of the caller.
  package nonisolated(nonsending) func run(in context: Context) async throws {
    try await body(context)
  }
}
