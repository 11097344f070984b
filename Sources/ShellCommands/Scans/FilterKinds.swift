import CommandLineKit
import PegasusProtocol

/// Where a pattern must stand in a key, as far as servers can decide it.
enum KeyMatch: String, CaseIterable, ParameterValue {
  case anywhere, prefix, postfix

  var wire: FilterType {
    switch self {
    case .anywhere: .matchAnywhere
    case .prefix: .matchPrefix
    case .postfix: .matchPostfix
    }
  }
}

/// Where a pattern must stand in a key or value.
enum BytesMatch: String, CaseIterable, ParameterValue {
  case anywhere, prefix, postfix, exact
}

/// A pattern without a kind would be ignored, and more rows concerned than meant.
func checkFilter(_ what: String, hasKind: Bool, pattern: [UInt8]?) throws(UsageError) {
  guard !hasKind, pattern != nil else { return }
  throw UsageError("--\(what)_filter_pattern needs --\(what)_filter_type", kind: .missingParameter)
}
