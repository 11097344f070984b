import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `exist`: whether a row is there.
struct RowExists: ShellCommand {
  static let name = "exist"
  static let summary = "tell whether a row is there"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "decides which partition holds the row"),
    .argument(\.sortKey, "sort_key", help: "the row's place below its hash key"),
  ]
  static let examples = [CommandExample("exist user42 name", "True or False")]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().ttl(try rowKey(hashKey, sortKey), limit: session.timeout)
    let exists = answer.value != .notFound
    session.show(
      DataReport(exists ? "True" : "False", fields: ["exists": .bool(exists)], place: answer.place))
  }
}
