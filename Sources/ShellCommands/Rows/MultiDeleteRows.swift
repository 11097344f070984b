import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `multi_del`: deletes several rows of one hash key at once.
struct MultiDeleteRows: ShellCommand {
  static let name = "multi_del"
  static let summary = "delete several rows of one hash key, all or none"
  static let discussion = """
    The number shown is the number of sort keys asked for: servers do not say which of them existed.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the hash key of all the rows"),
    .rest(\.sortKeys, "sort_key", help: "the rows to delete", minimum: 1),
  ]
  static let examples = [CommandExample("multi_del user42 name city", "delete two rows in one step")]

  var hashKey: [UInt8] = []
  var sortKeys: [[UInt8]] = []

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().multiDelete(
      hashKey: hashKey, sortKeys: sortKeys, limit: session.timeout)
    session.show(
      DataReport(
        "\(answer.value) key-value pairs deleted.", fields: ["deleted": .integer(answer.value)],
        place: answer.place))
  }
}
