import CommandLineKit
import Copying
import EventLoop

/// What the commands over a whole table have in common: which partitions, how much at once, how long.
struct TableScope: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.partitions, "-p", "--partition", value: "list",
      help: "only these partitions, as in 5 or 0-31,40; all of them when left out"),
    .option(
      \.maxBatchCount, "-b", "--max_batch_count", value: "num",
      help: "requests under way for one partition (with -u also the most rows in one request)"),
    .option(
      \.timeout, "-t", "--timeout_ms", value: "num",
      help: "time limit of one request, in milliseconds; the session's timeout when left out"),
  ]

  var partitions: PartitionSet?
  var maxBatchCount = 500
  var timeout: Int32?

  func validate() throws(UsageError) {
    if let timeout, timeout <= 0 {
      throw UsageError("timeout_ms should be greater than 0", kind: .invalidValue)
    }
    if maxBatchCount < 1 {
      throw UsageError("max_batch_count should be greater than 0", kind: .invalidValue)
    }
  }

  @LoopActor
  func limit(in session: Session) -> Duration { timeout.map { .milliseconds(Int64($0)) } ?? session.timeout }

  @LoopActor
  func options(_ filters: RowFilterOptions, in session: Session) -> CopyOptions {
    var options = CopyOptions()
    options.partitions = partitions?.numbers
    options.filter = filters.filter
    options.maxInFlight = maxBatchCount
    options.timeout = limit(in: session)
    return options
  }

  /// The lines that the old shell prints before it works.
  @LoopActor
  func echo(_ options: CopyOptions, _ filters: RowFilterOptions, in session: Session) {
    let output = session.output
    output.info("partition = \(partitions?.description ?? "all")")
    output.info("max_batch_count = \(maxBatchCount)")
    output.info("timeout_ms = \(options.timeout.wholeMilliseconds)")
    var echo = ParameterEcho()
    filters.add(to: &echo)
    for line in echo.lines {
      let parts = line.split(separator: ":", maxSplits: 1)
      output.info(parts.count == 2 ? "\(parts[0]) =\(parts[1])" : line)
    }
  }
}
