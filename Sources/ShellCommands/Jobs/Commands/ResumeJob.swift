import CommandLineKit
import EventLoop
import Jobs

/// `resume`: goes on with a job.
struct ResumeJob: JobCommand {
  static let name = "resume"
  static let summary = "go on with a job that is paused, or was stopped, interrupted or has failed"
  static let group = "Jobs"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let discussion = """
    A paused job goes on where it runs. Any other goes on in this shell, from its last checkpoint; kinds of jobs without \
    checkpoints say so and begin anew.

    Before that, the present is compared with what the job was planned for: the meta servers of both clusters, the ids and \
    partition counts of the tables, the settings of the geo table. When anything has changed, the job is not resumed, and \
    what has changed is named. A copy looks at both sides as it does before it begins: what stands in its way now is named \
    as well.
    """
  static let parameters: [Parameter<Self>] =
    [
      .argument(
        \.number, "job_id", help: "the job; the only one that can go on when left out", completion: .resumableJob),
      .flag(\.isJSON, "-j", "--json", help: "the summary as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("resume 7", "go on with job 7"), CommandExample("resume 7 &", "the same, in the background"),
  ]

  var number: Int64?
  var isJSON = false
  var job = JobOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let record = try await JobChoice.record(number, in: session, purpose: "to resume") {
      $0.canGoOn
    }
    guard record.isAtWork else { return try await session.goOn(with: record, job, asJSON: isJSON) }
    guard record.state == .paused else { throw JobError.runsElsewhere(record.id, owner: record.owner) }
    let after = try await session.jobs.request(record.id, .resume)
    session.tell(record.id, after.stateName)
  }
}
