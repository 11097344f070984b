import EventLoop
import JSON
import Jobs

/// One kind of job: how its work is built from a plan, for the first run and for every resume.
///
/// A command writes the plan and hands it to `Session.launch`; everything the work needs is in `plan.parameters`, because a
/// resume has nothing else.
struct JobKind: Sendable {
  /// Makes the work of one run. Called once, before the run begins.
  typealias MakeWork = @LoopActor (Job) throws -> any JobWork

  /// Finds what the plan names (clusters, tables, files) and checks it, before the job begins.
  ///
  /// On a resume it compares what it finds with the plan, and throws a `ShellError` with status `refused` that names each
  /// thing that changed: `PlanChanges` collects them.
  typealias Prepare = @LoopActor @Sendable (JobPlan, Session, JobOccasion) async throws -> MakeWork

  /// The tables that a job with these parameters writes into. Pure.
  typealias Writes = @Sendable (_ parameters: JSONValue) throws -> [TableWrite]

  /// As in `JobPlan.kind`; the name of the command.
  let name: String
  /// The newest version of parameters that `prepare` understands.
  let planVersion: Int
  /// Why a resume begins anew, as in "a count keeps nothing of what it has read"; nil: it goes on from its checkpoint.
  let beginsAnew: String?
  /// While it is at work, another job that writes into one of them is asked about.
  let writes: Writes
  let prepare: Prepare

  init(
    _ name: String, planVersion: Int = 1, beginsAnew: String? = nil, writes: @escaping Writes = { _ in [] },
    prepare: @escaping Prepare
  ) {
    self.name = name
    self.planVersion = planVersion
    self.beginsAnew = beginsAnew
    self.writes = writes
    self.prepare = prepare
  }
}
