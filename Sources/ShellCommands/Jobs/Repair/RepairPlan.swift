import Copying
import EventLoop
import JSON

/// Everything a repair is built from, as it stands in the journal.
struct RepairPlan: Sendable {
  static let version = 1

  /// The report, absolute.
  var report: String
  /// Rows in it.
  var rows: Int64
  /// Of its contents.
  var fingerprint: UInt64
  var source: TableIdentity
  var target: TableIdentity
  var options: RepairOptions

  init(report: String, contents: VerifyReportReader.Contents, options: RepairOptions) {
    self.report = report
    rows = contents.rows
    fingerprint = contents.fingerprint
    source = contents.heading.source
    target = contents.heading.target
    self.options = options
  }

  /// "ClusterA:users -> ClusterB:users".
  var title: String { "\(source.title) -> \(target.title)" }

  var parameters: JSONValue {
    .object([
      "report": .string(report), "report_rows": .integer(rows), "report_fingerprint": .string(String(fingerprint)),
      "source": source.json, "target": target.json,
      "options": .object([
        "no_ttl": .bool(options.dropsExpiry), "delete_extra": .bool(options.deletesExtra),
        "unconditional": .bool(options.isUnconditional), "dry_run": .bool(options.isDryRun),
        "compares_ttl": .bool(!options.expiry.isIgnored), "ttl_tolerance": .int(options.expiry.tolerance),
        "timeout_ms": .int(options.timeout.wholeMilliseconds), "max_batch_count": .int(options.maxConcurrentRows),
      ]),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    source = try TableIdentity(parameters["source"])
    target = try TableIdentity(parameters["target"])
    let json = parameters["options"] ?? .null
    guard let report = parameters["report"]?.text,
      let rows = parameters["report_rows"]?.double.flatMap({ Int64(exactly: $0) }),
      let fingerprint = parameters["report_fingerprint"]?.text.flatMap({ UInt64($0) }),
      let tolerance = json["ttl_tolerance"]?.double.flatMap({ UInt32(exactly: $0) }),
      let timeout = json["timeout_ms"]?.double.flatMap({ Int64(exactly: $0) }),
      let concurrency = json["max_batch_count"]?.double.flatMap({ Int(exactly: $0) })
    else {
      throw ShellError("the plan of the job is not one of repair_data", status: .refused)
    }
    self.report = report
    self.rows = rows
    self.fingerprint = fingerprint
    options = RepairOptions()
    options.dropsExpiry = json["no_ttl"] == .bool(true)
    options.deletesExtra = json["delete_extra"] == .bool(true)
    options.isUnconditional = json["unconditional"] == .bool(true)
    options.isDryRun = json["dry_run"] == .bool(true)
    options.expiry = ExpiryRule(isIgnored: json["compares_ttl"] != .bool(true), tolerance: tolerance)
    options.timeout = .milliseconds(timeout)
    options.maxConcurrentRows = concurrency
  }
}
