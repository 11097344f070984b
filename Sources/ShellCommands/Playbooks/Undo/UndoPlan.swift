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
}
