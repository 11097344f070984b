package import CommandLineKit
import EventLoop

/// `help`: the overview, or everything about one command.
package struct Help: ShellCommand {
  package static let name = "help"
  package static let summary = "list the commands, or show everything about one"
  package static let group = "Session"
  package static let effect = CommandEffect.local
  package static let parameters: [Parameter<Self>] = [
    .argument(\.command, "command", help: "the command to explain", completion: .command)
  ]
  package static let examples = [
    CommandExample("help", "all commands by group, one line each"),
    CommandExample("help copy_data", "parameters, defaults and examples of copy_data"),
  ]

  package var command: String?

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let renderer = HelpRenderer(width: 100)
    guard let command else {
      session.output.write(Array(renderer.overview(session.registry.descriptions).utf8))
      return
    }
    guard let entry = session.registry[command] else { throw session.registry.unknownCommand(command) }
    session.output.write(Array(renderer.page(entry.description).utf8))
  }
}
