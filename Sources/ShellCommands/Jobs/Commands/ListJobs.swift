import CommandLineKit
import EventLoop
import JSON
import Jobs
import Terminal

/// `jobs`: what is being done, and what was not finished.
struct ListJobs: ShellCommand {
  static let name = "jobs"
  static let summary = "list the jobs: running, interrupted, stopped, failed, and those that ended in the last day"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let discussion = """
    Every copy, count, clearing, comparison and repair is a job with a number. Its journal is shared by all shells of this \
    user, so the jobs of other shells are listed as well. A job is interrupted when its process has gone without a word.
    """
  static let parameters: [Parameter<Self>] =
    [
      .flag(\.showsAll, "-a", "--all", help: "also those that ended longer ago"),
      .option(
        \.forgetDays, "--forget_after", value: "days",
        help: "first forget those that were done or cancelled more than so many days ago"),
    ]
    + OutputOptions.parameters.nested(in: \.format)
  static let examples = [
    CommandExample("jobs", "what is going on?"), CommandExample("jobs -a -j", "everything that was ever done, as JSON"),
    CommandExample("jobs --forget_after 90", "remove old ones from the journal"),
  ]

  var showsAll = false
  var forgetDays: Int32?
  var format = OutputOptions()

  func validate() throws(UsageError) {
    if let forgetDays, forgetDays < 0 { throw UsageError("forget_after should not be below 0", kind: .invalidValue) }
  }

  @LoopActor
  func run(in session: Session) async throws {
    if let forgetDays {
      let count = try await session.jobs.prune(endedBefore: JobTimes.now() - Int64(forgetDays) * 86_400_000)
      session.output.info("\(count) jobs forgotten")
    }
    let all = try await session.jobs.list()
    session.names.setJobs(all)
    let yesterday = JobTimes.now() - 86_400_000
    let shown = showsAll ? all : all.filter { !$0.state.isFinal || ($0.endedAt ?? 0) > yesterday }
    var section = TextTable("jobs", columns: ["id", "state", "done", "rate", "left", "began", "job"])
    for record in shown { section.add(row: Self.row(record)) }
    if format.isJSON || session.output.isJSON {
      return try session.show(["jobs": .array(shown.map(\.json))], file: format.file)
    }
    guard shown.isEmpty, format.file == nil else { return try session.show([section], format) }
    session.output.line(
      all.isEmpty ? "No job was begun yet." : "No jobs; 'jobs --all' lists the \(all.count) that ended.")
  }

  private static func row(_ record: JobRecord) -> [Cell] {
    let progress = record.progress
    let isRunning = record.isHeld && record.state == .running
    let done = progress?.fraction.map { min($0, record.state == .done ? 1 : 0.999) }
    return [
      .integer(record.id.rawValue), .text(isRunning && progress?.ending.isEmpty == false ? "ending" : record.stateName),
      .optional(done.map { Format.fixed($0 * 100, decimals: 1) + "%" }),
      .optional(isRunning ? progress.map { Format.rate($0.rate, unit: $0.unit + "/s") } : nil),
      .optional(isRunning ? progress?.secondsLeft.map { Format.duration(.seconds($0.rounded())) } : nil),
      began(record), .text("\(record.plan.kind) \(record.plan.title)"),
    ]
  }

  /// The time of a day is enough where it is today's.
  private static func began(_ record: JobRecord) -> Cell {
    let time = record.startedAt ?? record.createdAt
    guard let text = Times.text(unixSeconds: time / 1000), let today = Times.text(unixSeconds: JobTimes.now() / 1000)
    else { return .missing }
    return .text(text.prefix(10) == today.prefix(10) ? String(text.dropFirst(11)) : text)
  }
}
