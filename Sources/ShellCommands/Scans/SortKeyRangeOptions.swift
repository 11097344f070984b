import CommandLineKit
import PegasusClient
import PegasusProtocol

/// A hash key and a range of its sort keys, as several commands take it.
struct SortKeyRangeOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the hash key of the rows"),
    .argument(\.start, "start_sort_key", help: "where the range begins; empty: with the first row"),
    .argument(\.stop, "stop_sort_key", help: "where the range ends; empty: with the last row"),
    .option(
      \.startInclusive, "-a", "--start_inclusive", help: "whether the start sort key belongs to the range"),
    .option(\.stopInclusive, "-b", "--stop_inclusive", help: "whether the stop sort key belongs to the range"),
    .option(\.match, "-s", "--sort_key_filter_type", help: "where the pattern must stand in a sort key"),
    .option(\.pattern, "-y", "--sort_key_filter_pattern", value: "str", help: "the pattern"),
  ]

  var hashKey: [UInt8] = []
  var start: [UInt8] = []
  var stop: [UInt8] = []
  var startInclusive = true
  var stopInclusive = false
  var match: KeyMatch?
  var pattern: [UInt8]?

  func validate() throws(UsageError) { try checkFilter("sort_key", hasKind: match != nil, pattern: pattern) }

  var sortKeyRange: SortKeyRange {
    var range = SortKeyRange()
    range.start = start
    range.stop = stop
    range.startInclusive = startInclusive
    range.stopInclusive = stopInclusive
    range.filter = match?.wire ?? .noFilter
    range.pattern = pattern ?? []
    return range
  }

  var echo: ParameterEcho {
    var echo = ParameterEcho()
    echo.add("hash_key", bytes: hashKey)
    echo.add("start_sort_key", bytes: start)
    echo.add("start_inclusive", startInclusive)
    echo.add("stop_sort_key", bytes: stop)
    echo.add("stop_inclusive", stopInclusive)
    echo.add(filter: "sort_key", match, pattern)
    return echo
  }
}
