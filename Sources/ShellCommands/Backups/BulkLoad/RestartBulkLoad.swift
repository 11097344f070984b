import CommandLineKit
import EventLoop
import PegasusProtocol

/// `restart_bulk_load`
struct RestartBulkLoad: ShellCommand {
  static let name = "restart_bulk_load"
  static let aliases = ["bulk-load restart"]
  static let summary = "go on with a bulk load that was paused"
  static let group = "Bulk load"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table)
  ]
  static let examples = [CommandExample("restart_bulk_load -a users", "after pause_bulk_load")]

  var table = ""

  @LoopActor
  func run(in session: Session) async throws {
    try await session.requireConfirmation("Go on with the bulk load of table '\(table)'?", effect: Self.effect)
    try await session.controlBulkLoad(.restart, table, verb: "restart") { code in
      code == .invalidState
        ? "it is not paused, or not yet: 'query_bulk_load_status -a \(table)' shows BLS_PAUSED when it is" : ""
    }
  }
}
