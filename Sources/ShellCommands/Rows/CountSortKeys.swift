import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `count`: how many rows a hash key has.
struct CountSortKeys: ShellCommand {
  static let name = "count"
  static let summary = "count the rows of one hash key"
  static let discussion = "The server counts. 'count_data' counts the rows of the whole table."
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the hash key whose rows are counted")
  ]
  static let examples = [CommandExample("count user42", "how many sort keys user42 has")]

  var hashKey: [UInt8] = []

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().sortKeyCount(hashKey: hashKey, limit: session.timeout)
    guard let count = answer.value else {
      throw ShellError(
        "it takes too long to count sortkey",
        advice: "'hash_scan <hash_key> \"\" \"\" -i' counts them whatever it takes")
    }
    session.show(DataReport("\(count)", fields: ["count": .integer(count)], place: answer.place))
  }
}
