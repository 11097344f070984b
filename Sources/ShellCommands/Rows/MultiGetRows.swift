import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `multi_get`: reads rows of one hash key.
struct MultiGetRows: ShellCommand {
  static let name = "multi_get"
  static let summary = "read rows of one hash key: those named, or all"
  static let discussion = """
    Rows that do not exist are left out. A server sends a limited number of rows at once; the shell goes on asking \
    until it has them all.
    """
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the hash key of the rows"),
    .rest(\.sortKeys, "sort_key", help: "the rows to read; all of them when none is named"),
  ]
  static let examples = [
    CommandExample("multi_get user42", "all rows of user42"),
    CommandExample("multi_get user42 name city", "two of them"),
  ]

  var hashKey: [UInt8] = []
  var sortKeys: [[UInt8]] = []

  @LoopActor func run(in session: Session) async throws {
    let reader: any RowPageSource =
      sortKeys.isEmpty
      ? HashKeyReader(table: try session.table(), hashKey: hashKey, limit: session.timeout)
      : NamedRowsReader(table: try session.table(), hashKey: hashKey, sortKeys: sortKeys, limit: session.timeout)
    try await RowPagePrinter(session: session, hashKey: hashKey).run(reader)
  }
}
