package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `disable_atomic_idempotent`
package struct DisableAtomicIdempotent: ShellCommand {
  package static let name = "disable_atomic_idempotent"
  package static let summary = "let incr and check_and_* of a table be what they are (2.6)"
  package static let group = "Tables"
  package static let effect = CommandEffect.writes
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table)
  ]
  package static let examples = [CommandExample("disable_atomic_idempotent temp", "")]

  package var table = ""

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws { try await session.setAtomicIdempotent(false, table: table) }
}
