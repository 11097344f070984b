import EventLoop
import PegasusClient

/// Reads the rows with given sort keys, and goes on behind the last one when the server sends only some of them.
@LoopActor
final class NamedRowsReader: RowPageSource {
  private let table: Table
  private let hashKey: [UInt8]
  private let limit: Duration
  private var wanted: ArraySlice<[UInt8]>
  private(set) var isComplete = false
  private(set) var place: RowPlace?

  init(table: Table, hashKey: [UInt8], sortKeys: [[UInt8]], limit: Duration) {
    self.table = table
    self.hashKey = hashKey
    self.limit = limit
    wanted = sortKeys[...]
  }

  func next() async throws -> [RowPage.Row]? {
    if isComplete { return nil }
    try Task.checkCancellation()
    let answer = try await table.multiGet(hashKey: hashKey, sortKeys: Array(wanted), limit: limit)
    place = answer.place
    if answer.value.isComplete {
      isComplete = true
      return answer.value.rows
    }
    // Rows come in the order asked, so what is left begins behind the last one.
    for row in answer.value.rows {
      guard let index = wanted.firstIndex(of: row.sortKey) else { break }
      wanted = wanted[(index + 1)...]
    }
    guard !answer.value.rows.isEmpty else {
      throw ShellError("the server sends none of the \(wanted.count) rows that are left: its limits are too low")
    }
    if wanted.isEmpty { isComplete = true }
    return answer.value.rows
  }
}
