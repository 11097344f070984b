import Bytes
import CommandLineKit
import EventLoop
import JSON
import Jobs

/// `report`: a job as a document.
struct ReportJob: ShellCommand {
  static let name = "report"
  static let summary = "tell what a job did, by whom and with which result, as a document to hand over"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let parameters: [Parameter<Self>] = [
    .argument(\.number, "job_id", help: "the job; the last one when left out", completion: .job),
    .flag(
      \.isMarkdown, "--markdown", help: "as Markdown, which is also what is written without this",
      exclusionGroup: "format"),
    .flag(\.isJSON, "-j", "--json", help: "as JSON", exclusionGroup: "format"),
    .flag(\.isHTML, "--html", help: "as a page that needs nothing from elsewhere", exclusionGroup: "format"),
    .option(\.file, "-o", "--output", value: "file_name", help: "write it to this file", completion: .file),
  ]
  static let examples = [
    CommandExample("report 7", "for a change ticket"), CommandExample("report 7 --html -o copy.html", "for a browser"),
  ]

  var number: Int64?
  var isMarkdown = false
  var isJSON = false
  var isHTML = false
  var file: String?

  @LoopActor
  func run(in session: Session) async throws {
    var record: JobRecord
    if number == nil, let last = try await session.jobs.list().last {
      record = last
    } else {
      record = try await JobChoice.record(number, in: session, purpose: "to report on") { _ in true }
    }
    // The marks tell the shell where a line goes.
    let lines = record.outcome?.lines.map(JobEnding.withoutMark) ?? []
    record.outcome?.lines = lines
    let report = JobReport(record: record, events: try await session.jobs.events(of: record.id))
    var text: String
    if isHTML {
      text = report.html
    } else if isJSON || (session.output.isJSON && !isMarkdown) {
      text = ShellOutput.document(report.json).text()
    } else {
      text = report.markdown
    }
    if !text.hasSuffix("\n") { text += "\n" }
    guard let file else { return session.output.write(text) }
    let output = try OutputFile(path: file)
    let bytes = Array(text.utf8)
    try output.write(bytes.span.bytes)
    try output.finish()
  }
}
