package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `get_atomic_idempotent`
package struct GetAtomicIdempotent: ShellCommand {
  package static let name = "get_atomic_idempotent"
  package static let summary = "show whether incr and check_and_* of a table are rewritten into puts (2.6)"
  package static let group = "Tables"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table),
    .flag(\.isJSON, "-j", "--json", help: "as JSON"),
  ]
  package static let examples = [CommandExample("get_atomic_idempotent temp", "")]

  package var table = ""
  package var isJSON = false

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let isOn = try await session.cluster().atomicIdempotent(table: table)
    try session.output.table([.fields("atomic_idempotent", ["atomic_idempotent": .bool(isOn)])], asJSON: isJSON)
  }
}
