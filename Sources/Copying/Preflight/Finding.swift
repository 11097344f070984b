/// One thing that was looked at before a copy or a migration, and what it means for it.
package struct Finding: Sendable, Equatable {
  /// How much it matters.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    /// Looked at and fine.
    case pass
    /// Good to know.
    case note
    /// May be wrong; the copy goes on.
    case warning
    /// The copy is refused.
    case blocker

    /// By how much it matters.
    package static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// What was looked at: names for programs, which stay.
  package enum Check: String, Sendable, CaseIterable {
    case tables, partitions, health, servers, metaLevel = "meta_level", versions, expiry, environment, throttling
    case activity, rows, direction, disk, storage, writeSize = "write_size", geo, atomicIdempotent = "atomic_idempotent"
    case unknown
  }

  /// How much it matters.
  package var level: Level
  /// What was looked at.
  package var check: Check
  /// What was found, as a sentence without a full stop.
  package var what: String
  /// What to do about it; may be empty.
  package var advice: String
  /// Whether the operator has to agree before the first write.
  package var asks: Bool

  package init(_ level: Level, _ check: Check, _ what: String, advice: String = "", asks: Bool = false) {
    self.level = level
    self.check = check
    self.what = what
    self.advice = advice
    self.asks = asks
  }
}
