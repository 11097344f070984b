import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `multi_get_range`: reads a range of the rows of one hash key.
struct MultiGetRange: ShellCommand {
  static let name = "multi_get_range"
  static let summary = "read a range of the rows of one hash key"
  static let discussion = """
    The range begins at the start sort key and ends before the stop sort key; an empty stop sort key means: to the end. \
    Rows are shown in ascending order in any case; --reverse with --max_count takes them from the end of the range.

    A server sends a limited number of rows at once; the shell goes on asking until it has them all, or as many as \
    --max_count says.
    """
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] =
    SortKeyRangeOptions.parameters.nested(in: \.range) + [
      .option(\.maxCount, "-n", "--max_count", value: "num", help: "show at most so many rows; below 1: all"),
      .flag(\.noValue, "-i", "--no_value", help: "keys only"),
      .flag(\.isReverse, "-r", "--reverse", help: "take the rows from the end of the range"),
    ]
  static let examples = [
    CommandExample("multi_get_range user42 order: order;", "rows whose sort key begins with order:"),
    CommandExample("multi_get_range user42 \"\" \"\" -r -n 1", "the last row of user42"),
  ]

  var range = SortKeyRangeOptions()
  var maxCount: Int32 = -1
  var noValue = false
  var isReverse = false

  func validate() throws(UsageError) { try range.validate() }

  var echo: ParameterEcho {
    var echo = range.echo
    echo.add("max_count", maxCount)
    echo.add("no_value", noValue)
    echo.add("reverse", isReverse)
    return echo
  }

  @LoopActor func run(in session: Session) async throws {
    session.show(echo)
    let reader = HashKeyReader(
      table: try session.table(), hashKey: range.hashKey, range: range.sortKeyRange,
      maxCount: maxCount > 0 ? Int(maxCount) : nil, noValue: noValue, isReverse: isReverse, limit: session.timeout)
    var printer = RowPagePrinter(session: session, hashKey: range.hashKey)
    printer.showsValues = !noValue
    try await printer.run(reader)
  }
}
