import CommandLineKit
import EventLoop
import PegasusProtocol

/// `cancel_bulk_load`
struct CancelBulkLoad: ShellCommand {
  static let name = "cancel_bulk_load"
  static let aliases = ["bulk-load cancel"]
  static let summary = "give a bulk load up; what was downloaded is removed"
  static let group = "Bulk load"
  static let effect = CommandEffect.destroys
  static let mayAsk = true
  static let discussion = """
    Before the servers ingest it leaves the table as it was. With -f it also ends a load that ingests: what some partitions \
    have taken by then stays in the table.
    """
  static let parameters: [Parameter<Self>] = [
    .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table),
    .flag(\.isForced, "-f", "--forced", help: "whatever its status"),
  ]
  static let examples = [CommandExample("cancel_bulk_load -a users", "while it downloads or is paused")]

  var table = ""
  var isForced = false

  @LoopActor
  func run(in session: Session) async throws {
    try await session.requireConfirmation(
      "Give the bulk load of table '\(table)' up\(isForced ? ", even if it leaves a part of the rows in it" : "")?",
      effect: Self.effect, typed: table)
    let table = table
    try await session.controlBulkLoad(isForced ? .forceCancel : .cancel, table, verb: "cancel") { code in
      code == .invalidState ? "you can force cancel bulk load by using \"-f\"" : ""
    }
  }
}
