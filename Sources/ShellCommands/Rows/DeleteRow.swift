import CommandLineKit
import EventLoop
import PegasusClient

/// `del`: deletes one row.
struct DeleteRow: ShellCommand {
  static let name = "del"
  static let summary = "delete one row"
  static let discussion = "Deleting a row that does not exist is a success too."
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "decides which partition holds the row"),
    .argument(\.sortKey, "sort_key", help: "the row's place below its hash key"),
  ]
  static let examples = [CommandExample("del user42 token", "delete one row of user42")]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().delete(try rowKey(hashKey, sortKey), limit: session.timeout)
    session.confirm(answer.place)
  }
}
