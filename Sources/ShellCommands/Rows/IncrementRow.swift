import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `incr`: adds to a row that holds a number.
struct IncrementRow: ShellCommand {
  static let name = "incr"
  static let summary = "add to a row that holds a decimal number"
  static let discussion = """
    A row that does not exist counts as 0; the time to live stays as it is. When the answer of the server is lost, the \
    shell does not try again, because adding twice is not adding once: it says that the outcome is unknown.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "decides which partition holds the row"),
    .argument(\.sortKey, "sort_key", help: "the row's place below its hash key"),
    .argument(\.amount, "increment", help: "what to add; may be negative", isRequired: false),
  ]
  static let examples = [
    CommandExample("incr user42 visits", "one more"),
    CommandExample("incr user42 credit -30", "thirty less"),
  ]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []
  var amount: Int64 = 1

  @LoopActor func run(in session: Session) async throws {
    let (table, key) = (try session.table(), try rowKey(hashKey, sortKey))
    let answer = try await explainingInvalidArgument("the row holds no decimal number, or the sum does not fit 64 bits")
    {
      try await table.increment(key, by: amount, limit: session.timeout)
    }
    session.show(
      DataReport("\(answer.value)", fields: ["value": .integer(answer.value)], place: answer.place))
  }
}
