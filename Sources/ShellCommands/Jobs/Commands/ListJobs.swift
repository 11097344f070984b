import CommandLineKit
import EventLoop
import JSON
import Jobs

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
    if let warning = session.jobs.warning { session.output.warning(warning) }
    let yesterday = JobTimes.now() - 86_400_000
    let shown = showsAll ? all : all.filter { !$0.state.isFinal || ($0.endedAt ?? 0) > yesterday }
    if format.isJSON || session.output.isJSON {
      return try session.show(["jobs": .array(shown.map(\.json))], file: format.file)
    }
    guard shown.isEmpty, format.file == nil else {
      let columns = format.file == nil ? session.output.columns : nil
      return try session.show([JobTable(shown, now: JobTimes.now()).section(columns: columns)], format)
    }
    session.output.line(
      all.isEmpty ? "No job was begun yet." : "No jobs; 'jobs --all' lists the \(all.count) that ended.")
  }
}
