import EventLoop
import JSON
import Jobs

/// A way to do something large as one job: acts that run in order, can be rehearsed, resumed and taken back.
///
/// Everything that its acts are made from stands in the parameters of the job's plan, so that the same acts can be made
/// for a dry run, the job, every resume of it and its undo.
struct Playbook: Sendable {
  /// Finds what the parameters name and makes the acts. Does not look for what stands in the way: that is `look`.
  typealias Prepare = @LoopActor @Sendable (JSONValue, Session, PlaybookOccasion) async throws -> PreparedPlaybook

  /// The name of its command, and the kind of its jobs.
  let name: String
  /// The newest version of parameters that `prepare` understands.
  let version: Int
  /// The tables that its acts write into.
  let writes: JobKind.Writes
  let prepare: Prepare

  init(_ name: String, version: Int = 1, writes: @escaping JobKind.Writes = { _ in [] }, prepare: @escaping Prepare) {
    self.name = name
    self.version = version
    self.writes = writes
    self.prepare = prepare
  }

  /// Its jobs.
  var kind: JobKind {
    JobKind(name, planVersion: version, writes: writes) { plan, session, occasion in
      let prepared = try await prepare(plan.parameters, session, PlaybookOccasion(occasion))
      if case .resume(let record) = occasion, record.didNothing { try await session.lookAgain(prepared, record.id) }
      return { job in PlaybookWork(prepared, job: job) }
    }
  }
}
