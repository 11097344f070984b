import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `get`: reads one row.
struct GetRow: ShellCommand {
  static let name = "get"
  static let summary = "read one row"
  static let discussion = "A row that does not exist or has expired is shown as: Not found"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "decides which partition holds the row"),
    .argument(\.sortKey, "sort_key", help: "the row's place below its hash key"),
  ]
  static let examples = [CommandExample("get user42 name", "show the value between quotes, escaped")]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().get(try rowKey(hashKey, sortKey), limit: session.timeout)
    var report = DataReport(
      answer.value.map { quoted($0, all: session.escapesAll) } ?? "Not found", place: answer.place)
    report.fields["found"] = .bool(answer.value != nil)
    if let value = answer.value { report.fields.add(bytes: value, as: "value") }
    session.show(report)
  }
}
