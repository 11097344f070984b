internal import Bytes

/// A condition on a hash key or sort key, as requests carry it.
struct KeyFilter: Sendable, Equatable {
  enum Kind: Int32, Sendable {
    case none = 0
    case anywhere = 1
    case prefix = 2
    case postfix = 3
  }

  let kind: Kind
  let pattern: [UInt8]

  /// Nil for a type that does not exist. An empty pattern matches everything.
  init?(type: Int32, pattern: [UInt8]) {
    guard let kind = Kind(rawValue: type) else { return nil }
    self.kind = pattern.isEmpty ? .none : kind
    self.pattern = pattern
  }

  var matchesAll: Bool { kind == .none }

  func matches(_ key: RawSpan) -> Bool {
    switch kind {
    case .none: true
    case .anywhere: key.contains(pattern.span.bytes)
    case .prefix: key.starts(with: pattern.span.bytes)
    case .postfix: key.ends(with: pattern.span.bytes)
    }
  }
}
