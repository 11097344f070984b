/// What is known before the first write, and what it means.
package struct PreflightReport: Sendable {
  /// What was found out.
  package var facts: PreflightFacts
  /// What would be copied, and how.
  package var options: CopyOptions
  /// The most important ones first.
  package var findings: [Finding]
  /// How much, and how long.
  package var estimate: CopyEstimate

  /// Judges the facts. Pure: asks nobody.
  ///
  /// - Parameter isResumed: the rows on the target are this copy's own
  package init(_ facts: PreflightFacts, options: CopyOptions, isResumed: Bool = false) {
    self.facts = facts
    self.options = options
    var judge = PreflightJudge(facts, options, isResumed: isResumed)
    findings = judge.judge()
    estimate = CopyEstimate(facts, options)
  }

  /// Takes something that others have found, in its place.
  package mutating func add(_ finding: Finding) {
    let place = findings.firstIndex { $0.level < finding.level } ?? findings.endIndex
    findings.insert(finding, at: place)
  }

  /// Why the copy is refused; empty when it is not.
  package var blockers: [Finding] { findings.filter { $0.level == .blocker } }
  /// What may be wrong.
  package var warnings: [Finding] { findings.filter { $0.level == .warning } }
  /// What the operator has to agree to.
  package var questions: [Finding] { findings.filter(\.asks) }
  /// Whether a table is not there, which no yes can help.
  package var lacksTable: Bool {
    !facts.source.exists || !facts.target.exists || facts.geo.map { !$0.exists } == true
  }
}
