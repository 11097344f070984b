import JSON
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `get_meta_level`
package struct GetMetaLevel: ShellCommand {
  package static let name = "get_meta_level"
  package static let summary = "show how much the meta server does on its own"
  package static let group = "Cluster"
  package static let effect = CommandEffect.reads
  package static let examples = [CommandExample("get_meta_level", "prints current meta level is fl_steady")]

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let level = try await session.cluster().controlMeta()
    if session.output.isJSON {
      session.output.json(.object(["meta_level": .string(level.name)]))
    } else {
      session.output.line("current meta level is \(level.name)")
    }
  }
}
