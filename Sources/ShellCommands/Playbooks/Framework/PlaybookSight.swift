import Copying
import JSON
import Terminal

/// What was found before the first act.
struct PlaybookSight: Sendable {
  /// Both sides, for people.
  var sections: [TextTable] = []
  /// The same for programs.
  var facts: JSONObject = [:]
  /// The most important ones first.
  var findings: [Finding] = []

  /// Why the job is refused; empty when it is not.
  var blockers: [Finding] { findings.filter { $0.level == .blocker } }
  /// What may be wrong.
  var warnings: [Finding] { findings.filter { $0.level == .warning } }
  /// What the operator has to agree to.
  var questions: [Finding] { findings.filter(\.asks) }

  /// One more, in its place.
  mutating func add(_ finding: Finding) {
    findings.append(finding)
    sort()
  }

  /// In the order of the looks within one level.
  mutating func sort() {
    findings = Finding.Level.allCases.reversed().flatMap { level in findings.filter { $0.level == level } }
  }
}
