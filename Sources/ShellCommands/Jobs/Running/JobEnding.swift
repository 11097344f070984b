import EventLoop
import JSON
import Jobs

/// How a job's run in this shell ended, in words: for the command that waited for it, and for a message about one that
/// nobody waited for.
struct JobEnding: Sendable {
  let id: JobID
  let plan: JobPlan
  let end: JobEnd

  init(id: JobID, plan: JobPlan, end: JobEnd) {
    self.id = id
    self.plan = plan
    self.end = end
  }

  /// Prints what the job has found: lines that begin with `INFO: `, `WARNING: ` or `ERROR: ` are messages, the others are
  /// results. The headline is the last result, unless it stands among the lines.
  @LoopActor
  func show(on output: ShellOutput, asJSON: Bool) {
    guard let outcome = end.outcome else { return }
    let asJSON = asJSON || output.isJSON
    for line in outcome.lines {
      let isMessage = Self.showMessage(line, on: output)
      if !isMessage, !asJSON { output.line(line) }
    }
    if asJSON {
      output.json(outcome.result)
    } else if !outcome.headline.isEmpty, !outcome.lines.contains(outcome.headline) {
      output.line(outcome.headline)
    }
  }

  /// A line as it reads where messages and results stand together.
  static func withoutMark(_ line: String) -> String { line.hasPrefix("INFO: ") ? String(line.dropFirst(6)) : line }

  /// Shows a line that has a message's mark; false for any other.
  @LoopActor
  private static func showMessage(_ line: String, on output: ShellOutput) -> Bool {
    func rest(behind mark: String) -> String? { line.hasPrefix(mark) ? String(line.dropFirst(mark.count)) : nil }
    if let text = rest(behind: "INFO: ") {
      output.info(text)
    } else if let text = rest(behind: "WARNING: ") {
      output.warning(text)
    } else if let text = rest(behind: "ERROR: ") {
      output.error(text)
    } else {
      return false
    }
    return true
  }

  /// What the command fails with; nil when all is well.
  var error: ShellError? {
    switch end.state {
    case .done:
      guard let outcome = end.outcome, outcome.status != 0 else { return nil }
      return ShellError(
        reason ?? outcome.headline, advice: outcome.advice, status: ExitStatus(rawValue: outcome.status) ?? .problem)
    case .cancelled:
      return ShellError(reason ?? "cancelled", advice: end.outcome?.advice ?? "", status: .interrupted)
    case .stopped:
      return ShellError(reason ?? "stopped", advice: advice(end.outcome?.advice ?? ""), status: .interrupted)
    default:
      var error = end.failure.map { ShellError($0) } ?? ShellError(reason ?? end.outcome?.headline ?? "failed")
      if end.failure == nil, let outcome = end.outcome {
        error.status = ExitStatus(rawValue: outcome.status) ?? .problem
        error.advice = outcome.advice
      }
      error.advice = advice(error.advice)
      return error
    }
  }

  /// The result's own sentence about what went wrong.
  private var reason: String? { end.outcome?.result["error"]?.text }

  private func advice(_ other: String) -> String {
    if end.outcome?.result["final"] == true { return other }
    let does = JobKinds[plan.kind]?.beginsAnew != nil ? "begins anew" : end.didNothing ? "tries again" : "goes on"
    return ResumeAdvice.joined(other, id, "'resume \(id)' \(does)")
  }

  /// One line for a person who is doing something else.
  var message: String {
    guard let error else { return "#\(id) \(end.outcome?.headline ?? "done") (\(plan.kind) \(plan.title))" }
    let word = end.state == .done ? "ended" : end.state.rawValue
    let what = error.message.hasPrefix(word) ? error.message : "\(word): \(error.message)"
    return "#\(id) \(plan.kind) \(plan.title) \(what)" + (error.advice.isEmpty ? "" : "; \(error.advice)")
  }
}
