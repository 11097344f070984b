import CommandLineKit
import EventLoop
import PegasusClient

/// `set`: writes one row.
struct SetRow: ShellCommand {
  static let name = "set"
  static let summary = "write one row"
  static let discussion = """
    An existing row is replaced, its time to live included. Without a ttl the row lives for ever, or as long as the \
    table's default_ttl says.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "decides which partition holds the row"),
    .argument(\.sortKey, "sort_key", help: "the row's place below its hash key; may be empty"),
    .argument(\.value, "value", help: "any bytes"),
    .argument(\.ttl, "ttl_in_seconds", help: "how long the row lives, at least 1"),
  ]
  static let examples = [
    CommandExample("set user42 name Ada", "write a row that stays"),
    CommandExample(#"set user42 token "\x00\xff" 3600"#, "two bytes that are gone in an hour"),
  ]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []
  var value: [UInt8] = []
  var ttl: Int32?

  func validate() throws(UsageError) { try checkTTL(ttl) }

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().set(
      try rowKey(hashKey, sortKey), value: value, ttl: timeToLive(ttl), limit: session.timeout)
    session.confirm(answer.place)
  }
}
