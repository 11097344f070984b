import CommandLineKit
import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// `hash_scan`: shows a range of the rows of one hash key, read by a scan.
struct HashScan: ShellCommand {
  static let name = "hash_scan"
  static let summary = "show a range of the rows of one hash key, of any size"
  static let discussion = """
    The range begins at the start sort key and ends before the stop sort key; an empty stop sort key means: to the end. \
    Rows are shown as they come, so there may be any number of them.

    With --json, each line is an object: first one that describes the scan and has the version, then one for each row, \
    and at the end {"end":true,"rows":…,"complete":…}.
    """
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] =
    SortKeyRangeOptions.parameters.nested(in: \.range) + [
      .option(\.valueMatch, "-v", "--value_filter_type", help: "where the pattern must stand in a value"),
      .option(\.valuePattern, "-z", "--value_filter_pattern", value: "str", help: "the pattern"),
    ] + ScanOutputOptions.parameters.nested(in: \.output)
  static let examples = [
    CommandExample("hash_scan user42 \"\" \"\"", "all rows of user42"),
    CommandExample("hash_scan user42 order: \"\" -s prefix -y order: -d", "its orders, and where they are"),
  ]

  var range = SortKeyRangeOptions()
  var valueMatch: BytesMatch?
  var valuePattern: [UInt8]?
  var output = ScanOutputOptions()

  func validate() throws(UsageError) {
    try range.validate()
    try output.validate()
    try checkFilter("value", hasKind: valueMatch != nil, pattern: valuePattern)
    try output.check(valueMatch: valueMatch)
  }

  /// The hash key is decided by the range.
  var filter: RowFilter {
    RowFilter(
      sortKey: range.match.map { PatternFilter($0.pattern, range.pattern ?? []) },
      value: valueMatch.map { PatternFilter($0.pattern, valuePattern ?? []) })
  }

  @LoopActor func echo(in session: Session) -> ParameterEcho {
    var echo = range.echo
    echo.add(filter: "value", valueMatch, valuePattern)
    output.add(to: &echo, in: session)
    return echo
  }

  @LoopActor func run(in session: Session) async throws {
    let runner = try ScanRunner(session: session, output: output, filter: filter)
    runner.show(echo(in: session))
    let table = try session.table()
    let bounds = try HashKeyBounds(hashKey: range.hashKey, range: range.sortKeyRange)
    let partition = try await table.partitions().index(for: bounds.partitionHash)
    try await runner.run(Self.name, table: table, partitions: [partition], bounds: bounds)
  }
}
