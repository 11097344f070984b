package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `get_replica_count`
package struct GetReplicaCount: ShellCommand {
  package static let name = "get_replica_count"
  package static let summary = "show how many replicas a table wants (2.4 and later)"
  package static let group = "Tables"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table),
    .flag(\.isJSON, "-j", "--json", help: "as JSON"),
  ]
  package static let examples = [CommandExample("get_replica_count temp", "")]

  package var table = ""
  package var isJSON = false

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let count = try await session.cluster().replicaCount(table: table)
    try session.output.table([.fields("max_replica_count", ["max_replica_count": .integer(count)])], asJSON: isJSON)
  }
}
