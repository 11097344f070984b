import JSON
package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `set_replica_count`
package struct SetReplicaCount: ShellCommand {
  package static let name = "set_replica_count"
  package static let summary = "change how many replicas a table wants (2.4 and later)"
  package static let group = "Tables"
  package static let effect = CommandEffect.writes
  package static let mayAsk = true
  package static let discussion = "Fewer replicas mean less safety at once; more are copied in the background."
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table),
    .argument(\.count, "replica_count", help: "copies of each partition"),
  ]
  package static let examples = [CommandExample("set_replica_count temp 2", "asks first")]

  package var table = ""
  package var count: Int32 = 0

  package init() {}

  package func validate() throws(UsageError) {
    if count < 1 { throw UsageError("replica_count: 1 or more is expected", kind: .invalidValue) }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    // As much at stake as in a command that destroys: fewer replicas are dropped at once.
    try await session.requireConfirmation(
      "PLEASE be CAUTIOUS with this operation ! Are you sure to set the replica count of app(\(table)) to \(count) ?",
      effect: .destroys)
    let result = try await session.cluster().setReplicaCount(count, table: table)
    if session.output.isJSON {
      session.output.json([
        "app_name": .string(table), "old_replica_count": .int(result.old), "replica_count": .int(count),
      ])
    } else {
      session.output.line(
        "set replica count of app(\(table)) from \(result.old) to \(count): "
          + (result.hint.isEmpty ? "success" : result.hint))
    }
  }
}
