import CommandLineKit
import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// What is told about a verify, while it runs and at its end.
struct VerifyReport: Sendable {
  /// Differing rows shown; all of them are in the report file.
  private static let shownRows = 100

  let plan: VerifyPlan

  // MARK: While it runs

  func progress(
    of snapshot: VerifySnapshot, _ meter: inout ProgressMeter, estimate: Int64?, previousElapsed: Duration,
    limit: JobRate
  ) -> JobProgress {
    let counts = snapshot.counts
    var progress = JobProgress(step: VerifyStep.name, verb: "Verify", unit: "rows")
    progress.elapsed = previousElapsed + snapshot.elapsed
    progress.account =
      [JobProgress.Count(name: "keys", count: counts.keys)]
      + Self.parts(counts).map { JobProgress.Count(name: $0.name, count: $0.count) }
    progress.done = counts.keys
    progress.total = estimate
    progress.finishedParts = snapshot.finishedSourcePartitions + snapshot.finishedTargetPartitions
    progress.partCount = snapshot.sourcePartitions + snapshot.targetPartitions
    progress.limit = limit == .off ? "" : limit.description
    progress.ending = snapshot.error?.cause ?? ""
    // A sample is read as a whole, and counted in part.
    let read = counts.sourceRows.multipliedReportingOverflow(by: Int64(clamping: plan.options.sample)).partialValue
    let left = estimate.flatMap { $0 > read ? $0 - read : nil }
    let fraction = snapshot.isComplete ? 1 : left.map { Double(read) / Double(read + $0) }
    meter.measure(&progress, decided: counts.keys, left: left, fraction: fraction)
    return progress
  }

  // MARK: At the end

  func outcome(of result: VerifyResult) -> JobOutcome {
    let snapshot = result.snapshot
    let counts = snapshot.counts
    var lines = result.findings.prefix(Self.shownRows).map { Self.line($0) }
    let hidden = Int64(max(0, result.findings.count - Self.shownRows))
    if hidden > 0 {
      lines.append("INFO: \(hidden) more rows differ" + (plan.report == nil ? "; --report lists them" : ""))
    }
    if result.unlisted > 0 {
      lines.append(
        "WARNING: \(result.unlisted) more rows differed at the first look; they are counted as unconfirmed, and not listed"
      )
    }
    lines.append("INFO: " + Self.account(counts))
    lines.append("INFO: rows read: \(counts.sourceRows) of the source, \(counts.targetRows) of the target")
    if counts.unsettled > 0 {
      lines.append("INFO: of those that changed meanwhile, \(counts.unsettled) still differed at the last look")
    }
    let problem = problem(of: snapshot)
    var json = JSONObject()
    for member in Self.members(snapshot) { json[member.key] = member.value }
    json["sample"] = .unsigned(plan.options.sample)
    if let report = plan.report { json["report"] = .string(report) }
    if let problem { json["error"] = .string(problem.message) }
    return JobOutcome(
      isComplete: result.isFinished, status: (problem?.status ?? .ok).rawValue, headline: headline(snapshot),
      lines: lines, advice: problem?.advice ?? "", result: .object(json))
  }

  private var sample: String {
    plan.options.sample > 1 ? " (a sample of about one row in \(plan.options.sample))" : ""
  }

  private func headline(_ snapshot: VerifySnapshot) -> String {
    let counts = snapshot.counts
    return switch snapshot.conclusion {
    case .same where counts.keys == 0: "Verify done, same: both are empty."
    case .same: "Verify done, same: \(counts.keys) rows\(sample)."
    case .different: "Verify done, different: \(counts.stable) of \(counts.keys) rows\(sample)."
    case .couldNotTell where snapshot.comparedNothing: "Verify could not tell: nothing was compared."
    case .couldNotTell: "Verify could not tell: \(counts.keys) rows compared\(sample)."
    }
  }

  private func problem(of snapshot: VerifySnapshot) -> ShellError? {
    let counts = snapshot.counts
    switch snapshot.conclusion {
    case .same: return nil
    case .different:
      return ShellError(
        "the tables differ in \(counts.stable) of \(counts.keys) rows\(sample)",
        advice: plan.report.map { "'repair_data \(asTyped($0))' mends them" } ?? "", status: .problem)
    case .couldNotTell:
      return ShellError(reason(snapshot), advice: advice(snapshot), status: .couldNotTell)
    }
  }

  private func reason(_ snapshot: VerifySnapshot) -> String {
    if let error = snapshot.error {
      let why = error.isCancellation ? "it was stopped" : ShellError(error).message
      return "could not tell whether the tables are the same: \(why)"
    }
    if snapshot.comparedNothing { return "nothing was compared: no row of either table passes the filters" }
    let counts = snapshot.counts
    return "could not tell whether the tables are the same: \(counts.unreadable) rows unreadable, "
      + "\(counts.unsettled) still changing, \(counts.unconfirmed) not looked at again"
  }

  private func advice(_ snapshot: VerifySnapshot) -> String {
    if let error = snapshot.error { return error.isCancellation ? "" : error.advice }
    if snapshot.comparedNothing { return "look whether the filters are meant so" }
    return snapshot.counts.unsettled > 0 ? "--rounds and --delay give changing rows more time" : ""
  }

  // MARK: Texts

  /// "* "hash" : "sort" different: …".
  static func line(_ finding: VerifyFinding) -> String {
    "\(finding.sign) \(quoted(finding.key.hashKey)) : \(quoted(finding.key.sortKey)) " + detail(finding)
  }

  private static func detail(_ finding: VerifyFinding) -> String {
    switch finding.verdict {
    case .missing: "missing on the target"
    case .extra: "on the target only"
    case .different: "different: " + difference(finding)
    case .changedMeanwhile: finding.agrees ? "changed meanwhile, agrees now" : "still changing"
    case .expired: "expired meanwhile"
    case .unreadable: "unreadable: " + finding.reason
    case .unconfirmed: "differed at the only look"
    }
  }

  private static func difference(_ finding: VerifyFinding) -> String {
    guard let source = finding.source, let target = finding.target else { return "value" }
    let sameValue = source.valueLength == target.valueLength && source.valueChecksum == target.valueChecksum
    if !sameValue { return "value (\(source.valueLength) and \(target.valueLength) bytes)" }
    return "expiry (\(expiry(source)) and \(expiry(target)))"
  }

  private static func expiry(_ look: RowLook) -> String { TTLEpoch.unixTime(look.expiry).map { "\($0)" } ?? "never" }

  /// What the keys fall into, in the order in which it is shown.
  private static func parts(_ counts: VerifyCounts) -> [(name: String, count: Int64)] {
    [
      ("same", counts.same), ("missing", counts.missing), ("extra", counts.extra), ("different", counts.different),
      ("changed meanwhile", counts.changedMeanwhile), ("expired", counts.expired), ("unreadable", counts.unreadable),
      ("unconfirmed", counts.unconfirmed),
    ]
  }

  static func account(_ counts: VerifyCounts) -> String {
    "keys \(counts.keys) = " + parts(counts).map { "\($0.name) \($0.count)" }.joined(separator: " + ")
  }

  static func members(_ snapshot: VerifySnapshot) -> [JSONMember] {
    let counts = snapshot.counts
    let numbers: [(String, Int64)] = [
      ("keys", counts.keys), ("same", counts.same), ("missing", counts.missing), ("extra", counts.extra),
      ("different", counts.different), ("changed_meanwhile", counts.changedMeanwhile), ("expired", counts.expired),
      ("unreadable", counts.unreadable), ("unconfirmed", counts.unconfirmed), ("unsettled", counts.unsettled),
      ("source_rows", counts.sourceRows), ("target_rows", counts.targetRows),
    ]
    return [
      JSONMember("conclusion", .string(snapshot.conclusion.rawValue)),
      JSONMember("complete", .bool(snapshot.isComplete)),
      JSONMember("seconds", .number(snapshot.elapsed.inSeconds)),
    ] + numbers.map { JSONMember($0.0, .integer($0.1)) }
  }

  /// Readable and reversible: as the shell takes it between double quotes.
  static func escaped(_ bytes: [UInt8]) -> String { ByteEscaping.escape(bytes) }
}
