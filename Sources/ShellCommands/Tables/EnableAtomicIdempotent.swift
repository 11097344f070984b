package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `enable_atomic_idempotent`
package struct EnableAtomicIdempotent: ShellCommand {
  package static let name = "enable_atomic_idempotent"
  package static let summary = "rewrite incr and check_and_* of a table into puts (2.6)"
  package static let group = "Tables"
  package static let effect = CommandEffect.writes
  package static let discussion = """
    Atomic writes are then rewritten by the primary, so that they can be duplicated to another cluster.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table)
  ]
  package static let examples = [CommandExample("enable_atomic_idempotent temp", "")]

  package var table = ""

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws { try await session.setAtomicIdempotent(true, table: table) }
}
