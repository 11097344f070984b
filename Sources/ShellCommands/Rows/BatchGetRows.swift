import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// `batch_get`: reads rows of any hash keys at once.
struct BatchGetRows: ShellCommand {
  static let name = "batch_get"
  static let summary = "read rows of several hash keys at once"
  static let discussion = "Rows are shown in the order asked; those that do not exist are left out."
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the first row's hash key"),
    .argument(\.sortKey, "sort_key", help: "the first row's sort key"),
    .rest(\.more, "hash_key sort_key", help: "more rows, each a hash key and a sort key"),
  ]
  static let examples = [CommandExample("batch_get user42 name user43 name", "the names of two users")]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []
  var more: [[UInt8]] = []

  func validate() throws(UsageError) {
    guard more.count.isMultiple(of: 2) else {
      throw UsageError("the hash key \(quoted(more.last ?? [])) has no sort key", kind: .missingParameter)
    }
  }

  /// The keys in the order typed.
  func keys() throws -> [PegasusKey] {
    var keys = [try rowKey(hashKey, sortKey)]
    for index in stride(from: 0, to: more.count - 1, by: 2) {
      keys.append(try rowKey(more[index], more[index + 1]))
    }
    return keys
  }

  @LoopActor func run(in session: Session) async throws {
    let keys = try keys()
    let rows = try await session.table().batchGet(keys, limit: session.timeout)
    let found = rows.filter { $0.value != nil }
    if session.output.isJSON {
      session.output.json(
        .object([
          "rows": .array(found.map { session.rowObject($0.key.hashKey, $0.key.sortKey, $0.value) }),
          "asked": .int(rows.count), "found": .int(found.count),
        ]))
      return
    }
    for row in found { session.output.line(session.rowLine(row.key.hashKey, row.key.sortKey, row.value)) }
    session.output.line()
    session.output.line("\(found.count) key-value pairs got.")
  }
}
