import EventLoop
import JSON
import Jobs

/// Which job is taken back, as it stands in the journal. The rest is read from that job itself.
struct UndoPlan: Sendable {
  static let version = 1

  let job: JobID

  init(_ job: JobID) { self.job = job }

  var parameters: JSONValue { .object(["job": .integer(job.rawValue)]) }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    job = JobID(rawValue: try PlanFields(parameters).integer("job"))
  }

  /// The jobs that were taken back to the end.
  @LoopActor
  static func undone(in centre: JobCentre) async throws -> Set<JobID> {
    Set(
      try await centre.list().filter { $0.plan.kind == UndoJob.name && $0.state == .done }.compactMap { target(of: $0) }
    )
  }

  /// The undos of a job that have not come to their end.
  @LoopActor
  static func unfinished(of job: JobID, in centre: JobCentre) async throws -> [JobRecord] {
    try await centre.list().filter {
      $0.plan.kind == UndoJob.name && !$0.state.isFinal && target(of: $0) == job
    }
  }

  private static func target(of record: JobRecord) -> JobID? { (try? UndoPlan(record.plan.parameters))?.job }
}
