import EventLoop
import JSON
import Jobs

/// What is told about a playbook's job at its end.
@LoopActor
struct PlaybookReport {
  private let playbook: PreparedPlaybook
  private let job: Job

  init(_ playbook: PreparedPlaybook, _ job: Job) {
    self.playbook = playbook
    self.job = job
  }

  /// Every act has ended well; one of them may have found something all the same.
  func complete(_ told: [(act: String, outcome: JobOutcome)]) -> JobOutcome {
    let worst = told.last { $0.outcome.status != 0 }
    var result = Self.result(told)
    result["complete"] = true
    if let worst {
      result["error"] = .string("\(worst.act): \(worst.outcome.result["error"]?.text ?? worst.outcome.headline)")
    }
    return JobOutcome(
      isComplete: true, status: worst?.outcome.status ?? 0, headline: playbook.headline, lines: Self.lines(told),
      advice: Self.joined([worst?.outcome.advice ?? "", undoAdvice]), result: .object(result))
  }

  /// An act has ended before its end.
  func ended(
    _ act: any PlaybookAct, _ outcome: JobOutcome, after told: [(act: String, outcome: JobOutcome)]
  ) -> JobOutcome {
    let message = outcome.result["error"]?.text ?? (outcome.headline.isEmpty ? "not complete" : outcome.headline)
    return incomplete(
      act, message, outcome.lines, outcome.advice, status: outcome.status, Self.result(told + [(act.name, outcome)]))
  }

  /// An act has thrown.
  ///
  /// - Throws: what is no failure of the act: that the journal cannot be written
  func failed(
    _ act: any PlaybookAct, _ error: any Error, after told: [(act: String, outcome: JobOutcome)]
  ) throws -> JobOutcome {
    if error is JournalError { throw error }
    let shown = ShellError(error)
    let isStop = shown.status == .interrupted
    return incomplete(
      act, isStop ? "" : shown.message, [], isStop ? "" : shown.advice, status: shown.status.rawValue, Self.result(told)
    )
  }

  private func incomplete(
    _ act: any PlaybookAct, _ message: String, _ lines: [String], _ advice: String, status: Int32, _ result: JSONObject
  ) -> JobOutcome {
    var result = result
    result["complete"] = false
    result["act"] = .string(act.name)
    if !message.isEmpty { result["error"] = .string("\(act.name): \(message)") }
    return JobOutcome(
      isComplete: false, status: status == 0 ? ExitStatus.problem.rawValue : status, headline: "",
      lines: lines + remains, advice: Self.joined([advice, undoAdvice]), result: .object(result))
  }

  /// What stays changed while the job stands still.
  private var remains: [String] {
    playbook.acts.compactMap { act in
      act.remains(PlaybookTrace(job.record, of: act.name)).map { "WARNING: \($0)" }
    }
  }

  /// Only when there is something to take back.
  private var undoAdvice: String {
    let isAny = playbook.acts.contains { $0.undoTitle != nil && PlaybookTrace(job.record, of: $0.name).hasLeft }
    return isAny ? "'undo \(job.id)' takes back what was done" : ""
  }

  private static func joined(_ advice: [String]) -> String { advice.filter { !$0.isEmpty }.joined(separator: "; ") }

  /// What each act had to say, its headline last.
  private static func lines(_ told: [(act: String, outcome: JobOutcome)]) -> [String] {
    told.flatMap { _, outcome in
      outcome.headline.isEmpty || outcome.lines.contains(outcome.headline)
        ? outcome.lines : outcome.lines + [outcome.headline]
    }
  }

  private static func result(_ told: [(act: String, outcome: JobOutcome)]) -> JSONObject {
    var acts: JSONObject = [:]
    for (act, outcome) in told { acts[act] = outcome.result }
    return ["acts": .object(acts)]
  }
}
