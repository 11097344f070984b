import CommandLineKit
import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// `full_scan`: shows the rows of the whole table, or of one partition.
struct FullScan: ShellCommand {
  static let name = "full_scan"
  static let summary = "show the rows of the whole table, or of one partition"
  static let discussion = """
    Partitions are read one after another. When one of them cannot be read to its end, the scan stops there and fails; \
    what has been shown by then is right, but not all.

    Filters on hash keys and sort keys are decided by the servers; those on values, and exact ones, here.

    With --json, each line is an object: first one that describes the scan and has the version, then one for each row, \
    and at the end {"end":true,"rows":…,"complete":…}.
    """
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] =
    RowFilterOptions.parameters.nested(in: \.filters) + ScanOutputOptions.parameters.nested(in: \.output) + [
      .option(\.partition, "-p", "--partition", value: "num", help: "read only this partition, from 0")
    ]
  static let examples = [
    CommandExample("full_scan -n 10 -d", "ten rows, and where they are"),
    CommandExample("full_scan -h prefix -x user -o users.txt", "all rows whose hash key begins with user, to a file"),
  ]

  var filters = RowFilterOptions()
  var output = ScanOutputOptions()
  var partition: Int32?

  func validate() throws(UsageError) {
    try filters.validate()
    try output.validate()
    try output.check(valueMatch: filters.valueMatch)
  }

  @LoopActor func echo(in session: Session) -> ParameterEcho {
    var echo = ParameterEcho()
    echo.add("partition", partition.map { "\($0)" } ?? "all")
    filters.add(to: &echo)
    output.add(to: &echo, in: session)
    return echo
  }

  @LoopActor func run(in session: Session) async throws {
    let runner = try ScanRunner(session: session, output: output, filter: filters.filter)
    runner.show(echo(in: session))
    let table = try session.table()
    let count = Int32(clamping: try await table.partitions().partitions.count)
    if let partition, partition < 0 || partition >= count {
      throw ShellError(
        "partition \(partition) out of range, should be in range of [0,\(count - 1)]", status: .usage)
    }
    try await runner.run(Self.name, table: table, partitions: partition.map { [$0] } ?? Array(0..<count))
  }
}
