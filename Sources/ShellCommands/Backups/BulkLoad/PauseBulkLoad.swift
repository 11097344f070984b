import CommandLineKit
import EventLoop
import PegasusProtocol

/// `pause_bulk_load`
struct PauseBulkLoad: ShellCommand {
  static let name = "pause_bulk_load"
  static let aliases = ["bulk-load pause"]
  static let summary = "let the servers stop to download the files of a bulk load for a while"
  static let group = "Bulk load"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table)
  ]
  static let examples = [CommandExample("pause_bulk_load -a users", "'restart_bulk_load' goes on")]

  var table = ""

  @LoopActor
  func run(in session: Session) async throws {
    try await session.requireConfirmation("Pause the bulk load of table '\(table)'?", effect: Self.effect)
    try await session.controlBulkLoad(.pause, table, verb: "pause") { code in
      code == .invalidState ? "only a download can be paused" : ""
    }
  }
}
