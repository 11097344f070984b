import Bytes
package import PegasusProtocol

/// One condition on a key or a value: where a pattern must stand.
package struct PatternFilter: Sendable, Equatable {
  package enum Match: String, Sendable, CaseIterable {
    case anywhere, prefix, postfix, exact
  }

  package var match: Match
  package var pattern: [UInt8]

  package init(_ match: Match, _ pattern: [UInt8]) {
    self.match = match
    self.pattern = pattern
  }

  /// An empty pattern matches everything but in an exact match, as on the server.
  package func accepts(_ bytes: RawSpan) -> Bool {
    pattern.withUnsafeBytes { raw in
      let pattern = RawSpan(_unsafeBytes: raw)
      return switch match {
      case .anywhere: bytes.contains(pattern)
      case .prefix: bytes.starts(with: pattern)
      case .postfix: bytes.ends(with: pattern)
      case .exact: bytes.isEqual(to: pattern)
      }
    }
  }

  /// What the server can decide: an exact match is a prefix there, and the length is checked here.
  package var serverType: FilterType {
    switch match {
    case .anywhere: .matchAnywhere
    case .prefix, .exact: .matchPrefix
    case .postfix: .matchPostfix
    }
  }
}

/// Which rows of a table are meant. What the source's servers can decide is decided there; the rest here, row by row.
package struct RowFilter: Sendable, Equatable {
  package var hashKey: PatternFilter?
  package var sortKey: PatternFilter?
  package var value: PatternFilter?

  package init(hashKey: PatternFilter? = nil, sortKey: PatternFilter? = nil, value: PatternFilter? = nil) {
    self.hashKey = hashKey
    self.sortKey = sortKey
    self.value = value
  }

  /// Whether rows have to be looked at here as well.
  package var needsRows: Bool { value != nil || sortKey?.match == .exact || hashKey?.match == .exact }
  /// Whether values are needed to decide.
  package var needsValues: Bool { value != nil }

  /// The part of the filter that the server has not decided.
  package func accepts(hashKey hash: RawSpan, sortKey sort: RawSpan, value bytes: RawSpan) -> Bool {
    if let hashKey, hashKey.match == .exact, !hashKey.accepts(hash) { return false }
    if let sortKey, sortKey.match == .exact, !sortKey.accepts(sort) { return false }
    if let value, !value.accepts(bytes) { return false }
    return true
  }
}
