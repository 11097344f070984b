import JSON
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient

/// `drop`
package struct DropTable: ShellCommand {
  package static let name = "drop"
  package static let summary = "drop a table; it can be recalled for some days"
  package static let group = "Tables"
  package static let effect = CommandEffect.destroys
  package static let mayAsk = true
  package static let discussion = """
    The cluster keeps the data for -r seconds, or for its own default (7 days unless configured otherwise); 'recall' \
    brings the table back until then.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table", completion: .table),
    .option(
      \.reserve, "-r", "--reserve_seconds", value: "num", help: "how long it can be recalled; 0: the cluster's default"
    ),
  ]
  package static let examples = [
    CommandExample("drop temp", "asks first"),
    CommandExample("drop temp -r 86400", "can be recalled for one day"),
  ]

  package var table = ""
  package var reserve: Int64 = 0

  package init() {}

  package func validate() throws(UsageError) {
    if reserve < 0 { throw UsageError("reserve_seconds: 0 or more is expected", kind: .invalidValue) }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    try await session.requireTable(table)
    try await session.requireConfirmation(
      "Drop table '\(table)' of cluster '\(session.clusterName)'?", effect: Self.effect, typed: table)
    session.output.note("reserve_seconds = \(reserve)")
    try await session.cluster().dropTable(table, reserveSeconds: reserve > 0 ? reserve : nil)
    if session.tableName == table { session.tableName = nil }
    if session.output.isJSON {
      session.output.json(["app_name": .string(table), "reserve_seconds": .int(reserve)])
    } else {
      session.output.line("drop app \(table) succeed")
    }
  }
}
