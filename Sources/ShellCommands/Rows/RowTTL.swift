import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `ttl`: how long a row still lives.
struct RowTTL: ShellCommand {
  static let name = "ttl"
  static let summary = "tell how many seconds a row still lives"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "decides which partition holds the row"),
    .argument(\.sortKey, "sort_key", help: "the row's place below its hash key"),
  ]
  static let examples = [CommandExample("ttl user42 token", "seconds, Infinite, or Not found")]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().ttl(try rowKey(hashKey, sortKey), limit: session.timeout)
    var report = DataReport(place: answer.place)
    switch answer.value {
    case .seconds(let seconds):
      report.lines = ["\(seconds)"]
      report.fields = ["found": true, "ttl_seconds": .int(seconds)]
    case .forever:
      report.lines = ["Infinite"]
      report.fields = ["found": true, "ttl_seconds": .null]
    case .notFound:
      report.lines = ["Not found"]
      report.fields = ["found": false]
    }
    session.show(report)
  }
}
