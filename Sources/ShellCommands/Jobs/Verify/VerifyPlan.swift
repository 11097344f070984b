import Copying
import JSON

/// Everything a verify is built from, as it stands in the journal.
struct VerifyPlan: Sendable {
  static let version = 1

  var source: TableIdentity
  var target: TableIdentity
  var options: VerifyOptions
  /// The file of differing rows, absolute; nil: none is written.
  var report: String?

  init(source: TableIdentity, target: TableIdentity, options: VerifyOptions, report: String?) {
    self.source = source
    self.target = target
    self.options = options
    self.report = report
  }

  /// "ClusterA:users = ClusterB:users".
  var title: String { "\(source.title) = \(target.title)" }

  var parameters: JSONValue {
    .object([
      "source": source.json, "target": target.json, "options": options.json,
      "report": report.map { .string($0) } ?? .null,
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    source = try TableIdentity(parameters["source"])
    target = try TableIdentity(parameters["target"])
    options = try VerifyOptions(parameters["options"] ?? .null)
    report = parameters["report"]?.text
  }
}
