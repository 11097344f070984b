package import CommandLineKit
import EventLoop

/// `server_info`
package struct ServerInformation: ShellCommand {
  package static let name = "server_info"
  package static let summary = "show the version and start time of servers"
  package static let group = "Remote commands"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = RemoteTargets.parameters.nested(in: \.targets)
  package static let examples = [
    CommandExample("server_info", "of all servers"),
    CommandExample("server_info -t meta-server", "of the meta servers"),
  ]

  package var targets = RemoteTargets()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    try await session.sendRemote("server-info", [], to: targets)
  }
}
