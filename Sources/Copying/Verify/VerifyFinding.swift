package import PegasusProtocol

/// A key that differed at the first look, and what came of it.
package struct VerifyFinding: Sendable, Equatable {
  package enum Verdict: String, Sendable, CaseIterable {
    case missing, extra, different
    case changedMeanwhile = "changed_meanwhile"
    case expired, unreadable, unconfirmed
  }

  package var key: PegasusKey
  package var verdict: Verdict
  /// The row as it was last seen on the source; `nil` when it was not there.
  package var source: RowLook?
  /// The row as it was last seen on the target; `nil` when it was not there.
  package var target: RowLook?
  /// Whether both sides agreed at the last look.
  package var agrees = false
  /// Why it could not be read; empty when it could.
  package var reason = ""

  /// One character, as `rclone check` has them: `=` same, `+` missing on the target, `-` missing on the source, `*` differs,
  /// `!` could not tell.
  package var sign: Character {
    switch verdict {
    case .missing: "+"
    case .extra: "-"
    case .different: "*"
    case .expired: "="
    case .changedMeanwhile: agrees ? "=" : "!"
    case .unreadable, .unconfirmed: "!"
    }
  }
}
