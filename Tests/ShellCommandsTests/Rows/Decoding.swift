import CommandLineKit

@testable import ShellCommands

/// A command decoded from a line, as the shell does it.
func decode<Command: ShellCommand>(_ type: Command.Type, _ line: String) throws -> Command {
  let tokens = try Tokenizer.statement("\(Command.name) \(line)").tokens.dropFirst()
  switch try ArgumentParser.parse(type, tokens) {
  case .value(let command, _): return command
  case .help: throw UsageError("help was asked for")
  }
}

/// The message of the usage error that a line gives; nil when it gives none.
func usageError<Command: ShellCommand>(_ type: Command.Type, _ line: String) -> String? {
  do {
    _ = try decode(type, line)
    return nil
  } catch {
    return (error as? UsageError)?.message ?? "\(error)"
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
