import CommandLineKit
import EventLoop
import PegasusClient

/// What both scan commands take: where rows go, how many, and what is shown of them.
struct ScanOutputOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(\.file, "-o", "--output", value: "file_name", help: "write the rows to this file", completion: .file),
    .option(\.maxCount, "-n", "--max_count", value: "num", help: "stop after so many rows; below 1: never"),
    .option(
      \.timeout, "-t", "--timeout_ms", value: "num",
      help: "how long one reply may take, in milliseconds; the session's timeout when left out"),
    .flag(\.isDetailed, "-d", "--detailed", help: "show where each row comes from"),
    .flag(\.noValue, "-i", "--no_value", help: "keys only"),
    .flag(\.showsTTL, "--ttl", help: "show how many seconds each row has left (servers from 2.3 on)"),
    .flag(\.isJSON, "-j", "--json", help: "one JSON object for each row, after one that describes the scan"),
  ]

  var file: String?
  var maxCount: Int32 = -1
  var timeout: Int32?
  var isDetailed = false
  var noValue = false
  var showsTTL = false
  var isJSON = false

  func validate() throws(UsageError) {
    if let timeout, timeout <= 0 {
      throw UsageError("invalid timeout_ms \(timeout): at least 1 is expected", kind: .invalidValue)
    }
  }

  /// Shared by both commands: a filter on values needs values.
  func check(valueMatch: BytesMatch?) throws(UsageError) {
    guard noValue, valueMatch != nil else { return }
    throw UsageError("no_value should not be set when value_filter_type is set", kind: .conflict)
  }

  /// The rows wanted; `nil` for all.
  var limit: Int? { maxCount > 0 ? Int(maxCount) : nil }

  @LoopActor func pageLimit(in session: Session) -> Duration {
    timeout.map { .milliseconds(Int64($0)) } ?? session.timeout
  }

  @LoopActor func add(to echo: inout ParameterEcho, in session: Session) {
    echo.add("max_count", maxCount)
    echo.add("timeout_ms", pageLimit(in: session).wholeMilliseconds)
    echo.add("detailed", isDetailed)
    echo.add("no_value", noValue)
  }
}
