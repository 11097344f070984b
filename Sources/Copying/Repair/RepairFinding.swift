package import EventLoop
package import PegasusProtocol

/// A row of a verify's report: a key, and what both sides held when it was last looked at.
package struct RepairFinding: Sendable, Equatable {
  /// Where it stands in the report, from 1.
  package var line: Int64
  package var key: PegasusKey
  package var verdict: VerifyFinding.Verdict
  package var source: RowLook?
  package var target: RowLook?
  /// Both sides agreed at the verify's last look: there is nothing to mend.
  package var agrees: Bool

  package init(
    line: Int64, key: PegasusKey, verdict: VerifyFinding.Verdict, source: RowLook?, target: RowLook?, agrees: Bool
  ) {
    self.line = line
    self.key = key
    self.verdict = verdict
    self.source = source
    self.target = target
    self.agrees = agrees
  }

  /// Whether both looks were really taken, at one time.
  var hasLooks: Bool {
    switch verdict {
    case .missing, .extra, .different: true
    case .changedMeanwhile, .expired, .unreadable, .unconfirmed: false
    }
  }
}

/// Where findings come from, one after another in the order of their lines: a report that need not fit into memory.
@LoopActor
package protocol RepairFindings: AnyObject {
  /// The next finding; `nil` after the last one.
  ///
  /// - Throws: `RepairInputError`
  func next() async throws(RepairInputError) -> RepairFinding?
}

/// Why a report cannot be read any further.
package struct RepairInputError: Error, Sendable, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}
