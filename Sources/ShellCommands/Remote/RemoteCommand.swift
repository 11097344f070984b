package import CommandLineKit
import EventLoop

/// `remote_command`
package struct RemoteCommand: ShellCommand {
  package static let name = "remote_command"
  package static let summary = "send a command to servers and show what they answer"
  package static let group = "Remote commands"
  package static let effect = CommandEffect.writes
  package static let discussion = """
    'remote_command help' lists what the servers offer; it differs between releases. Whatever stands after <command> is \
    for the server; '--' before it ends the shell's own options.
    """
  package static let parameters: [Parameter<Self>] =
    RemoteTargets.parameters.nested(in: \.targets) + [
      .option(
        \.interval, "-i", "--sample_interval_ms", value: "num", help: "", deprecated: "no remote command takes samples"),
      .argument(\.command, "command", help: "the server's command"),
      .rest(\.arguments, "arguments", help: "its arguments", takesUnknownOptions: true),
    ]
  package static let examples = [
    CommandExample("remote_command -t replica-server help", "what replica servers offer"),
    CommandExample(
      "remote_command -t replica-server nfs.max_send_rate_megabytes_per_disk 100", "limit the copying between servers"),
    CommandExample("remote_command -l 127.0.0.1:34801 replica.query-compact", "ask one server"),
  ]

  package var targets = RemoteTargets()
  package var interval: Int?
  package var command = ""
  package var arguments: [String] = []

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    try await session.sendRemote(command, arguments, to: targets)
  }
}
