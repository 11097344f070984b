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
    [.flag(\.showsAll, "-a", "--all", help: "also those that ended longer ago")]
    + OutputOptions.parameters.nested(in: \.format)
  static let examples = [
    CommandExample("jobs", "what is going on?"), CommandExample("jobs -a -j", "everything that was ever done, as JSON"),
  ]

  var showsAll = false
  var format = OutputOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let all = try await session.jobs.list()
    session.names.setJobs(all)
    let yesterday = JobTimes.now() - 86_400_000
    let shown = showsAll ? all : all.filter { !$0.state.isFinal || ($0.endedAt ?? 0) > yesterday }
    var section = TextTable("jobs", columns: ["id", "state", "done", "rate", "left", "began", "job"])
    for record in shown { section.add(row: Self.row(record)) }
    guard shown.isEmpty, !format.isJSON, !session.output.isJSON, format.file == nil else {
      return try session.show([section], format)
    }
    session.output.line(
      all.isEmpty ? "No job was begun yet." : "No jobs; 'jobs --all' lists the \(all.count) that ended.")
  }

  private static func row(_ record: JobRecord) -> [Cell] {
    let progress = record.progress
    let isRunning = record.isHeld && record.state == .running
    let done = progress?.fraction.map { min($0, record.state == .done ? 1 : 0.999) }
    return [
      .integer(record.id.rawValue), .text(record.stateName),
      done.map { .typed(Format.fixed($0 * 100, decimals: 1) + "%", .number($0)) } ?? .missing,
      isRunning
        ? progress.map { .typed(Format.rate($0.rate, unit: $0.unit + "/s"), .number($0.rate)) } ?? .missing : .missing,
      isRunning
        ? progress?.secondsLeft.map { .typed(Format.duration(.seconds($0.rounded())), .number($0)) } ?? .missing
        : .missing,
      began(record), .text("\(record.plan.kind) \(record.plan.title)"),
    ]
  }

  /// The time of a day is enough where it is today's.
  private static func began(_ record: JobRecord) -> Cell {
    let time = record.startedAt ?? record.createdAt
    guard let text = Times.text(unixSeconds: time / 1000), let today = Times.text(unixSeconds: JobTimes.now() / 1000)
    else { return .missing }
    return .typed(text.prefix(10) == today.prefix(10) ? String(text.dropFirst(11)) : text, .integer(time))
  }
}
