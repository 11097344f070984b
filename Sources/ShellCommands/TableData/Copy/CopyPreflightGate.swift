import Configuration
import Copying
import EventLoop
import PegasusClient

/// What stands between `copy_data` and its first write: both sides are looked at, what must not be is refused, and what
/// may be meant is asked.
@LoopActor
struct CopyPreflightGate {
  let source: Table
  let target: Table
  /// The geo table that is filled as well; nil without one.
  var geo: Table?
  let options: CopyOptions
  /// The target's, for the question: on a production cluster the table's name has to be typed.
  let targetRole: ClusterRole

  /// - Parameters:
  ///   - target: as the command named it
  ///   - geoTable: its name; nil without one
  /// - Throws: `ShellError` for a cluster that is not known
  init(
    source: Table, target: Table, named cluster: String, geoTable: String? = nil, options: CopyOptions,
    in session: Session
  ) throws(ShellError) {
    self.source = source
    self.target = target
    self.options = options
    geo = geoTable.map { target.cluster.table($0) }
    targetRole = try session.find(cluster).role
  }

  /// For a copy that goes on.
  ///
  /// - Throws: `ShellError` when the target's cluster is not configured any more
  init(_ plan: TransferPlan, _ tables: TransferTables, in session: Session) throws(ShellError) {
    try self.init(
      source: tables.source, target: tables.target, named: plan.target.cluster, geoTable: plan.geo?.table.table,
      options: plan.options, in: session)
  }

  /// Looks, prints the warnings, and comes back when the copy may begin.
  ///
  /// - Parameter isResumed: the rows on the target are this copy's own, and nothing is asked
  /// - Returns: what was found, for the record
  /// - Throws: `ShellError` with status `refused` when it may not; `ClientError` when a cluster does not answer
  @discardableResult
  func pass(in session: Session, isResumed: Bool = false) async throws -> PreflightReport {
    let report = try await look(isResumed: isResumed)
    // What is asked about stands in the question.
    for finding in report.warnings where !finding.asks || session.assumesYes {
      session.output.warning(finding.line)
    }
    if let refusal = Self.refusal(report, isResumed ? "the copy does not go on" : "nothing was copied") {
      throw refusal
    }
    guard !isResumed else { return report }
    let isProduction = targetRole == .production
    if !report.questions.isEmpty {
      try await session.requireConsent(question(report), typed: isProduction ? target.name : nil)
    } else if isProduction && session.options.isInteractive {
      try await session.requireConsent(question(report))
    }
    return report
  }

  /// Prints both sides and what would be done; writes nothing to any cluster.
  ///
  /// - Parameter writes: what the copy would write into; asked only when both tables are there
  /// - Throws: `ShellError` with status `refused` when the copy would be refused, or would ask and `--yes` was not given
  func rehearse(
    in session: Session, asJSON: Bool, writes: @LoopActor () async throws -> [TableWrite]
  ) async throws {
    var report = try await look(takesSample: true)
    if !report.lacksTable, let other = try await session.otherWriter(of: writes()) { report.add(other.finding) }
    if asJSON || session.output.isJSON {
      session.output.json(PreflightDocument(report).json)
    } else {
      session.output.write(PreflightPage(report, style: session.output.style).text)
    }
    if var refusal = Self.refusal(report) {
      refusal.status = .refused
      throw refusal
    }
    if !report.questions.isEmpty && !session.assumesYes {
      throw ShellError(
        "the copy would ask: \(report.questions.map(\.what).joined(separator: "; "))",
        advice: "a script needs --yes for it", status: .refused)
    }
  }

  private func look(takesSample: Bool = false, isResumed: Bool = false) async throws -> PreflightReport {
    try await CopyPreflight(source: source, target: target, geo: geo, options: options)
      .report(takesSample: takesSample, isResumed: isResumed)
  }

  private static func refusal(
    _ report: PreflightReport, _ what: String = "nothing was copied"
  ) -> ShellError? {
    guard let first = report.blockers.first else { return nil }
    return ShellError(
      "\(what): " + report.blockers.map(\.what).joined(separator: "; "), advice: first.advice,
      status: report.lacksTable ? .problem : .refused)
  }

  private func question(_ report: PreflightReport) -> String {
    let reasons = report.questions.map(\.what).joined(separator: "; ")
    return "Copy \(report.facts.source.title) into \(report.facts.target.title)?"
      + (reasons.isEmpty ? "" : " " + reasons.prefix(1).uppercased() + reasons.dropFirst() + ".")
  }
}
