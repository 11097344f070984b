import CommandLineKit
import Copying

/// The filters that commands over a whole table take.
struct RowFilterOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(\.hashKeyMatch, "-h", "--hash_key_filter_type", help: "where the pattern must stand in a hash key"),
    .option(\.hashKeyPattern, "-x", "--hash_key_filter_pattern", value: "str", help: "the pattern"),
    .option(\.sortKeyMatch, "-s", "--sort_key_filter_type", help: "where the pattern must stand in a sort key"),
    .option(\.sortKeyPattern, "-y", "--sort_key_filter_pattern", value: "str", help: "the pattern"),
    .option(\.valueMatch, "-v", "--value_filter_type", help: "where the pattern must stand in a value"),
    .option(\.valuePattern, "-z", "--value_filter_pattern", value: "str", help: "the pattern"),
  ]

  var hashKeyMatch: KeyMatch?
  var hashKeyPattern: [UInt8]?
  var sortKeyMatch: BytesMatch?
  var sortKeyPattern: [UInt8]?
  var valueMatch: BytesMatch?
  var valuePattern: [UInt8]?

  func validate() throws(UsageError) {
    try checkFilter("hash_key", hasKind: hashKeyMatch != nil, pattern: hashKeyPattern)
    try checkFilter("sort_key", hasKind: sortKeyMatch != nil, pattern: sortKeyPattern)
    try checkFilter("value", hasKind: valueMatch != nil, pattern: valuePattern)
  }

  var filter: RowFilter {
    RowFilter(
      hashKey: hashKeyMatch.map { PatternFilter($0.pattern, hashKeyPattern ?? []) },
      sortKey: sortKeyMatch.map { PatternFilter($0.pattern, sortKeyPattern ?? []) },
      value: valueMatch.map { PatternFilter($0.pattern, valuePattern ?? []) })
  }

  func add(to echo: inout ParameterEcho) {
    echo.add(filter: "hash_key", hashKeyMatch, hashKeyPattern)
    echo.add(filter: "sort_key", sortKeyMatch, sortKeyPattern)
    echo.add(filter: "value", valueMatch, valuePattern)
  }
}

extension KeyMatch {
  var pattern: PatternFilter.Match {
    switch self {
    case .anywhere: .anywhere
    case .prefix: .prefix
    case .postfix: .postfix
    }
  }
}

extension BytesMatch {
  var pattern: PatternFilter.Match {
    switch self {
    case .anywhere: .anywhere
    case .prefix: .prefix
    case .postfix: .postfix
    case .exact: .exact
    }
  }
}
