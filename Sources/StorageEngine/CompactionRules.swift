internal import Bytes

/// What an operator wants done to rows while files are rewritten: Pegasus' environment `user_specified_compaction`
/// (2.3–2.6).
package struct CompactionRules: Sendable, Equatable {
  /// Where in a key the text must be; an empty text matches nothing.
  package struct Pattern: Sendable, Equatable {
    package enum Place: Sendable { case anywhere, prefix, postfix }

    package var text: [UInt8]
    package var place: Place

    package init(text: [UInt8], place: Place) {
      self.text = text
      self.place = place
    }

    func matches(_ bytes: RawSpan) -> Bool {
      guard !text.isEmpty else { return false }
      return switch place {
      case .anywhere: bytes.contains(text.span.bytes)
      case .prefix: bytes.starts(with: text.span.bytes)
      case .postfix: bytes.ends(with: text.span.bytes)
      }
    }
  }

  /// A property of a row.
  package enum Condition: Sendable, Equatable {
    case hashKey(Pattern)
    case sortKey(Pattern)
    /// Seconds left from `start` to `stop`; both 0: a row that never expires.
    case secondsLeft(start: UInt32, stop: UInt32)
  }

  /// What is done to a row.
  package enum Action: Sendable, Equatable {
    case delete
    /// It expires so many seconds from now.
    case expireFromNow(UInt32)
    /// Its expiry moves by so many seconds; one that never expires is left alone.
    case prolong(UInt32)
    /// It expires at that second since 2016-01-01 UTC.
    case expireAt(UInt32)
  }

  /// An action, and the conditions that must all hold for it.
  package struct Rule: Sendable, Equatable {
    package var action: Action
    package var conditions: [Condition]

    package init(action: Action, conditions: [Condition]) {
      self.action = action
      self.conditions = conditions
    }
  }

  /// One after the other; the first that deletes ends it.
  package var rules: [Rule]

  package init(rules: [Rule]) { self.rules = rules }

  /// What becomes of a row with a full key: nil when it is deleted, else its expiry, changed or not.
  func expiry(of key: RawSpan, expiry: UInt32, now: UInt32) -> UInt32? {
    let length = Int(UInt16(bigEndian: key.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt16.self)))
    guard key.byteCount >= 2 + length else { return expiry }
    let hashKey = key.extracting(2..<(2 + length))
    let sortKey = key.extracting((2 + length)..<key.byteCount)
    var expiry = expiry
    for rule in rules {
      let holds =
        !rule.conditions.isEmpty
        && rule.conditions.allSatisfy { condition in
          switch condition {
          case .hashKey(let pattern): pattern.matches(hashKey)
          case .sortKey(let pattern): pattern.matches(sortKey)
          case .secondsLeft(0, 0) where expiry == 0: true
          case .secondsLeft(let start, let stop):
            UInt64(expiry) >= UInt64(now) + UInt64(start) && UInt64(expiry) <= UInt64(now) + UInt64(stop)
          }
        }
      guard holds else { continue }
      switch rule.action {
      case .delete: return nil
      case .expireFromNow(let seconds): expiry = now &+ seconds
      case .prolong(let seconds): if expiry > 0 { expiry = expiry &+ seconds }
      case .expireAt(let second): expiry = second
      }
    }
    return expiry
  }
}
