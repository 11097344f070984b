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

extension Session {
  fileprivate func setAtomicIdempotent(_ isOn: Bool, table: String) async throws {
    try await requireConfirmation(
      "Set atomic_idempotent of table '\(table)' of cluster '\(clusterName)' to \(isOn)?", effect: .writes)
    let result = try await cluster().setAtomicIdempotent(isOn, table: table)
    if output.isJSON {
      output.json([
        "app_name": .string(table), "old_atomic_idempotent": .bool(result.old), "atomic_idempotent": .bool(isOn),
      ])
    } else {
      output.line(
        "set_atomic_idempotent from \(result.old) to \(isOn): " + (result.hint.isEmpty ? "succeed" : result.hint))
    }
  }
}
