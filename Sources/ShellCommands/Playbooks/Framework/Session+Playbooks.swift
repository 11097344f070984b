import Configuration
import Copying
import EventLoop
import JSON
import Jobs

extension Session {
  /// Looks at everything, then does it as a job; or only shows it.
  ///
  /// - Parameters:
  ///   - question: asked at the prompt of a production cluster, and when a finding asks: "Migrate …?"
  ///   - changed: the cluster that is written to
  /// - Throws: `ShellError` with status `refused` for what cannot end well and when the answer is no; as the other `launch`
  func launch(
    _ playbook: Playbook, _ parameters: JSONValue, question: String, changing changed: String,
    _ options: PlaybookOptions
  ) async throws {
    let prepared = try await playbook.prepare(parameters, self, .first)
    var sight = try await prepared.look()
    if options.isDryRun {
      if let other = try await otherWriter(of: playbook.writes(parameters)) { sight.add(other.finding) }
      return try rehearse(prepared, sight, asJSON: options.isJSON)
    }
    // What is asked about stands in the question.
    for finding in sight.warnings where !finding.asks || assumesYes { output.warning(finding.line) }
    if let refusal = Self.refusal(sight) { throw refusal }
    try await agree(to: question, sight, on: try find(changed).role == .production)
    try await launch(
      JobPlan(
        version: playbook.version, kind: playbook.name, title: prepared.title, commandLine: commandLine,
        parameters: parameters, steps: prepared.steps), options.job, asJSON: options.isJSON,
      remarks: sight.warnings.map {
        ["message": .string($0.line), "check": .string($0.check.rawValue), "asked": .bool($0.asks)]
      })
  }

  /// Looks at everything as before the first run: of a job that has done nothing, this is the first one as well, and what was
  /// found then may be long ago.
  ///
  /// - Throws: `ShellError` with status `refused` for what cannot end well and when the answer is no
  func lookAgain(_ prepared: PreparedPlaybook, _ id: JobID) async throws {
    let sight = try await prepared.look()
    for finding in sight.warnings where !finding.asks || assumesYes { output.warning(finding.line) }
    if let refusal = Self.refusal(sight) { throw refusal }
    try await agree(to: "Go on with job \(id)?", sight, on: false)
  }

  private func rehearse(_ prepared: PreparedPlaybook, _ sight: PlaybookSight, asJSON: Bool) throws {
    let page = PlaybookPage(prepared, sight)
    if asJSON || output.isJSON { output.json(page.json) } else { output.write(page.text(style: output.style)) }
    if let refusal = Self.refusal(sight) { throw refusal }
    if !sight.questions.isEmpty && !assumesYes {
      throw ShellError(
        "it would ask: \(sight.questions.map(\.what).joined(separator: "; "))", advice: "a script needs --yes for it",
        status: .refused)
    }
  }

  private func agree(to question: String, _ sight: PlaybookSight, on isProduction: Bool) async throws {
    guard !sight.questions.isEmpty || (isProduction && options.isInteractive) else { return }
    let reasons = sight.questions.map(\.what).joined(separator: "; ")
    try await requireConsent(
      question + (reasons.isEmpty ? "" : " " + reasons.prefix(1).uppercased() + reasons.dropFirst() + "."))
  }

  private static func refusal(_ sight: PlaybookSight) -> ShellError? {
    guard let first = sight.blockers.first else { return nil }
    return ShellError(
      "nothing was done: " + sight.blockers.map(\.what).joined(separator: "; "), advice: first.advice, status: .refused)
  }
}
