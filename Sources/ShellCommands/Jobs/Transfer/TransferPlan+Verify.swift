import Copying
import JSON

extension TransferPlan {
  /// How the tables are compared after the copy.
  struct Verify: Sendable {
    var options: VerifyOptions
    /// The file of differing rows, absolute; nil: none is written.
    var report: String?

    init(options: VerifyOptions, report: String?) {
      self.options = options
      self.report = report
    }

    var json: JSONValue { .object(["options": options.json, "report": report.map { .string($0) } ?? .null]) }

    /// Nil for null, and for nothing.
    ///
    /// - Throws: `ShellError` when it was not written by `json`
    init?(_ json: JSONValue?) throws(ShellError) {
      guard let json, json != .null else { return nil }
      options = try VerifyOptions(json["options"] ?? .null)
      report = json["report"]?.text
    }
  }

  /// As the plan of a verify alone.
  var verifyPlan: VerifyPlan? {
    verify.map { VerifyPlan(source: source, target: target, options: $0.options, report: $0.report) }
  }
}
