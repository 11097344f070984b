import CommandLineKit
import EventLoop
import JSON
import PegasusClient
import PegasusProtocol

/// `clear_bulk_load`
struct ForgetBulkLoad: ShellCommand {
  static let name = "clear_bulk_load"
  static let aliases = ["bulk-load clear"]
  static let summary = "let the servers forget how the last bulk load of a table ended"
  static let group = "Bulk load"
  static let effect = CommandEffect.writes
  static let discussion = "Pegasus 2.4 and later. A new load forgets it as well."
  static let parameters: [Parameter<Self>] = [
    .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table)
  ]
  static let examples = [CommandExample("clear_bulk_load -a users", "after it has ended")]

  var table = ""

  @LoopActor
  func run(in session: Session) async throws {
    try await session.requireConfirmation("Forget the last bulk load of table '\(table)'?", effect: Self.effect)
    let hint: String
    do {
      hint = try await session.cluster().clearBulkLoad(table: table)
    } catch let error as ClientError {
      var shown = BulkLoadRefusal.renamed(error, "clear bulk load failed")
      if error.code == .invalidState { shown.advice = "it is still loading: wait, or cancel_bulk_load" }
      throw shown
    }
    session.tell(
      hint.isEmpty ? "clear bulk load succeed" : hint,
      ["app_name": .string(table), "result": "clear bulk load succeed", "hint": .string(hint)])
  }
}
