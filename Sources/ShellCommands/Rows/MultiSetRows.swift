import CommandLineKit
import EventLoop
import PegasusClient

/// `multi_set`: writes several rows of one hash key at once.
struct MultiSetRows: ShellCommand {
  static let name = "multi_set"
  static let summary = "write several rows of one hash key, all or none"
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the hash key of all the rows"),
    .argument(\.sortKey, "sort_key", help: "the first row's sort key"),
    .argument(\.value, "value", help: "the first row's value"),
    .rest(\.more, "sort_key value", help: "more rows, each a sort key and a value"),
  ]
  static let examples = [CommandExample("multi_set user42 name Ada city London", "write two rows in one step")]

  var hashKey: [UInt8] = []
  var sortKey: [UInt8] = []
  var value: [UInt8] = []
  var more: [[UInt8]] = []

  /// The rows in the order typed.
  var rows: [RowPage.Row] {
    var rows = [RowPage.Row(sortKey: sortKey, value: value)]
    for index in stride(from: 0, to: more.count - 1, by: 2) {
      rows.append(RowPage.Row(sortKey: more[index], value: more[index + 1]))
    }
    return rows
  }

  func validate() throws(UsageError) {
    guard more.count.isMultiple(of: 2) else {
      throw UsageError("the sort key \(quoted(more.last ?? [])) has no value", kind: .missingParameter)
    }
    var seen: Set<[UInt8]> = []
    for row in rows where !seen.insert(row.sortKey).inserted {
      throw UsageError("duplicate sort key \(quoted(row.sortKey))", kind: .conflict)
    }
  }

  @LoopActor func run(in session: Session) async throws {
    let answer = try await session.table().multiSet(hashKey: hashKey, rows: rows, limit: session.timeout)
    session.confirm(answer.place)
  }
}
