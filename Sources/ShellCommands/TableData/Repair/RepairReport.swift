import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// What is told about a repair, while it runs and at its end.
struct RepairReport: Sendable {
  /// The first rows that were not simply the same, and what became of them.
  struct Decisions: Sendable {
    static let shown = 100
    private(set) var first: [RepairDecision] = []
    private(set) var hidden: Int64 = 0

    mutating func add(_ decision: RepairDecision) {
      if decision.outcome == .same { return }
      if first.count < Self.shown { first.append(decision) } else { hidden += 1 }
    }
  }

  let plan: RepairPlan

  private var isDryRun: Bool { plan.options.isDryRun }

  // MARK: While it runs

  func progress(
    of snapshot: RepairSnapshot, _ meter: inout ProgressMeter, previousElapsed: Duration, limit: JobRate
  ) -> JobProgress {
    let counts = snapshot.counts
    var progress = JobProgress(step: RepairWork.step, verb: isDryRun ? "Look at" : "Repair", unit: "rows")
    progress.elapsed = previousElapsed + snapshot.elapsed
    progress.account = Self.parts(counts).map { JobProgress.Count(name: $0.name, count: $0.count) }
    let decided = counts.lookedAt - counts.pending
    progress.done = decided
    let total = max(0, plan.rows - counts.settled)
    progress.total = total
    progress.limit = limit == .off ? "" : limit.description
    progress.ending = snapshot.stopReason ?? ""
    meter.measure(
      &progress, decided: decided, left: max(0, total - decided),
      fraction: total > 0 ? Double(decided) / Double(total) : nil)
    return progress
  }

  // MARK: At the end

  /// It went through the whole report, and what it could not do a later run of the same report could not do better.
  static func isFinished(_ result: RepairResult) -> Bool {
    result.error == nil && result.snapshot.counts.failed + result.snapshot.counts.changing == 0
  }

  func outcome(of result: RepairResult, _ decisions: Decisions) -> JobOutcome {
    let counts = result.snapshot.counts
    var lines = decisions.first.sorted { $0.finding.line < $1.finding.line }.map { line($0) }
    if decisions.hidden > 0 { lines.append("INFO: and \(decisions.hidden) more rows") }
    lines.append("INFO: " + Self.account(counts))
    if counts.settled > 0 {
      lines.append("INFO: \(counts.settled) rows of the report agreed when it was made, and were not looked at")
    }
    if counts.unconditional > 0 {
      lines.append(
        "INFO: \(counts.unconditional) rows were written whatever the target held at that moment"
          + (plan.options.isUnconditional ? "" : ": their values are too large for a condition"))
    }
    let problem = problem(of: result)
    var json = Self.json(result)
    json["dry_run"] = .bool(isDryRun)
    if let problem { json["error"] = .string(problem.message) }
    return JobOutcome(
      isComplete: Self.isFinished(result), status: (problem?.status ?? .ok).rawValue, headline: headline(result),
      lines: lines, advice: problem?.advice ?? "", result: .object(json))
  }

  private func headline(_ result: RepairResult) -> String {
    let counts = result.snapshot.counts
    if isDryRun {
      return "Nothing was written: \(counts.mended) rows would be mended, \(counts.deleted) deleted."
    }
    return "Repair \(Self.isFinished(result) ? "done" : "terminated"), mended \(counts.mended) rows, "
      + "deleted \(counts.deleted)."
  }

  /// A dry run that came to its end has no problem: it has said what there is to do.
  private func problem(of result: RepairResult) -> ShellError? {
    let counts = result.snapshot.counts
    if let error = result.error {
      guard error.isCancellation else { return ShellError(error) }
      return ShellError("stopped after \(counts.lookedAt) rows", status: .interrupted)
    }
    if counts.failed > 0 {
      let reasons = result.failureReasons.sorted { $0.value > $1.value }.prefix(3)
        .map { "\($0.value)x \($0.key)" }.joined(separator: "; ")
      return ShellError("\(counts.failed) of \(counts.lookedAt) rows were not mended: \(reasons)")
    }
    if counts.changing > 0 {
      return ShellError(
        "\(counts.changing) rows are being written to, and were left alone",
        advice: "they may be in order by now: verify_data tells")
    }
    if counts.skipped > 0 && !isDryRun {
      return ShellError(
        "\(counts.skipped) rows are on the target only, and were left alone", advice: "--delete_extra deletes them")
    }
    return nil
  }

  // MARK: Texts

  /// "+ "hash" : "sort" mended".
  private func line(_ decision: RepairDecision) -> String {
    let key = decision.finding.key
    let text = "\(quoted(key.hashKey)) : \(quoted(key.sortKey)) " + words(decision)
    switch decision.outcome {
    case .failed: return "ERROR: line \(decision.finding.line): \(text)"
    case .changing: return "WARNING: line \(decision.finding.line): \(text)"
    case .mended, .deleted, .same, .skipped: return text
    }
  }

  private func words(_ decision: RepairDecision) -> String {
    switch decision.outcome {
    case .mended: isDryRun ? "would be written" : "mended"
    case .deleted: isDryRun ? "would be deleted" : "deleted"
    case .same: "is the same"
    case .skipped: "is on the target only, and left alone"
    case .changing: "is being written to, and left alone"
    case .failed: "not mended: \(decision.reason)"
    }
  }

  /// What became of the rows, in the order in which it is shown.
  private static func parts(_ counts: RepairCounts) -> [(name: String, count: Int64)] {
    let all = [
      ("looked at", counts.lookedAt), ("mended", counts.mended), ("deleted", counts.deleted),
      ("already the same", counts.same), ("skipped", counts.skipped), ("changing", counts.changing),
      ("failed", counts.failed),
    ]
    return counts.pending == 0 ? all : all + [("on the way", counts.pending)]
  }

  private static func account(_ counts: RepairCounts) -> String {
    let parts = parts(counts)
    return "looked at \(counts.lookedAt) = "
      + parts.dropFirst().map { "\($0.name) \($0.count)" }.joined(separator: " + ")
  }

  private static func json(_ result: RepairResult) -> JSONObject {
    let counts = result.snapshot.counts
    return [
      "complete": .bool(result.isComplete), "seconds": .number(result.snapshot.elapsed.inSeconds),
      "looked_at": .integer(counts.lookedAt), "mended": .integer(counts.mended), "deleted": .integer(counts.deleted),
      "same": .integer(counts.same), "skipped": .integer(counts.skipped), "changing": .integer(counts.changing),
      "failed": .integer(counts.failed), "settled": .integer(counts.settled),
      "unconditional": .integer(counts.unconditional),
    ]
  }
}
