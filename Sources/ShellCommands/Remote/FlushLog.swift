package import CommandLineKit
import EventLoop

/// `flush_log`
package struct FlushLog: ShellCommand {
  package static let name = "flush_log"
  package static let summary = "have servers write their buffered log"
  package static let group = "Remote commands"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = RemoteTargets.parameters.nested(in: \.targets)
  package static let examples = [CommandExample("flush_log -t replica-server", "before you read their log files")]

  package var targets = RemoteTargets()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    try await session.sendRemote("flush-log", [], to: targets)
  }
}
