import JSON
import CommandLineKit
import Copying
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// Shows a running verify once a second, and what it found.
@LoopActor
final class VerifyReport {
  /// What is compared with what: "cluster:table".
  struct Title: Sendable {
    var source: String
    var target: String
  }

  /// Differing rows shown; all of them are in the report file.
  private static let shownRows = 100

  private let title: Title
  private let options: VerifyOptions
  private let file: VerifyReportFile?
  private var seconds = 0
  private var lastRows: Int64 = 0

  init(title: Title, options: VerifyOptions, file: VerifyReportFile?) {
    self.title = title
    self.options = options
    self.file = file
  }

  /// Runs it to its end.
  ///
  /// - Throws: `ShellError` unless both tables were found the same
  func follow(_ run: VerifyRun, in session: Session, asJSON: Bool) async throws {
    let view = ProgressView()
    session.output.progress = view
    let ticker = Task { @LoopActor in
      while !Task.isCancelled {
        try await loopSleep(.seconds(1))
        self.show(run.snapshot, on: view)
      }
    }
    let result = await run.run()
    ticker.cancel()
    if seconds == 0 || !view.isRepainting { show(result.snapshot, on: view) }
    view.finish()
    session.output.progress = nil
    try report(result, session.output, asJSON: asJSON)
  }

  private func show(_ snapshot: VerifySnapshot, on view: ProgressView) {
    seconds += 1
    let counts = snapshot.counts
    let step = counts.keys - lastRows
    lastRows = counts.keys
    let partitions = snapshot.sourcePartitions + snapshot.targetPartitions
    let finished = snapshot.finishedSourcePartitions + snapshot.finishedTargetPartitions
    var line =
      "processed for \(snapshot.elapsed.components.seconds) seconds, (\(finished)/\(partitions)) splits, "
      + "total \(counts.keys) rows compared, last second \(step) rows, \(counts.keys - counts.same) differ"
    if snapshot.round > 0 { line += ", look \(snapshot.round + 1): \(snapshot.suspects) left" }
    view.update(block: ["Verify \(title.source) = \(title.target)", "  " + line], plain: "INFO: " + line)
  }

  private func report(_ result: VerifyResult, _ output: ShellOutput, asJSON: Bool) throws {
    let snapshot = result.snapshot
    let counts = snapshot.counts
    if asJSON {
      output.json(.object(Self.members(snapshot) + [JSONMember("sample", .unsigned(options.sample))]))
    } else {
      for finding in result.findings.prefix(Self.shownRows) { output.line(Self.line(finding)) }
      let hidden = Int64(max(0, result.findings.count - Self.shownRows))
      if hidden > 0 { output.info("\(hidden) more rows differ" + (file == nil ? "; --report lists them" : "")) }
      if result.unlisted > 0 {
        output.warning(
          "\(result.unlisted) more rows differed at the first look; they are counted as unconfirmed, and not listed")
      }
    }
    output.info(Self.account(counts))
    output.info("rows read: \(counts.sourceRows) of the source, \(counts.targetRows) of the target")
    if counts.unsettled > 0 {
      output.info("of those that changed meanwhile, \(counts.unsettled) still differed at the last look")
    }
    try file?.write(result, title: title, options: options)
    let sample = options.sample > 1 ? " (a sample of about one row in \(options.sample))" : ""
    switch snapshot.conclusion {
    case .same:
      if !asJSON { output.line("Verify done, same: \(counts.keys) rows\(sample).") }
    case .different:
      if !asJSON { output.line("Verify done, different: \(counts.stable) of \(counts.keys) rows\(sample).") }
      throw ShellError("the tables differ in \(counts.stable) of \(counts.keys) rows\(sample)", status: .problem)
    case .couldNotTell:
      if !asJSON { output.line("Verify could not tell: \(counts.keys) rows compared\(sample).") }
      throw ShellError(reason(snapshot), advice: advice(snapshot), status: .couldNotTell)
    }
  }

  private func reason(_ snapshot: VerifySnapshot) -> String {
    if let error = snapshot.error {
      let why = error.isCancellation ? "it was stopped" : ShellError(error).message
      return "could not tell whether the tables are the same: \(why)"
    }
    let counts = snapshot.counts
    return "could not tell whether the tables are the same: \(counts.unreadable) rows unreadable, "
      + "\(counts.unsettled) still changing, \(counts.unconfirmed) not looked at again"
  }

  private func advice(_ snapshot: VerifySnapshot) -> String {
    if let error = snapshot.error { return error.isCancellation ? "running it again begins anew" : error.advice }
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

  static func account(_ counts: VerifyCounts) -> String {
    "keys \(counts.keys) = same \(counts.same) + missing \(counts.missing) + extra \(counts.extra)"
      + " + different \(counts.different) + changed meanwhile \(counts.changedMeanwhile) + expired \(counts.expired)"
      + " + unreadable \(counts.unreadable) + unconfirmed \(counts.unconfirmed)"
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
