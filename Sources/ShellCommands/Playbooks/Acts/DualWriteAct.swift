import Copying
import EventLoop
import JSON
import Jobs

/// Waits until the application writes to both tables: somebody has to switch that on, and to say that it is. Everything
/// that is backed up afterwards goes under what the application writes from here on.
@LoopActor
final class DualWriteAct: PlaybookAct {
  nonisolated let name = "dual_write"
  nonisolated let title: String
  let steps = [StepPlan(name: "dual_write", title: "Wait until the application writes to both tables")]
  /// "ClusterA:users and ClusterB:users".
  private let tables: String
  private let question: String
  /// It was said before the job began.
  private let isOn: Bool
  /// Somebody can answer while the job waits.
  private let isInteractive: Bool
  private let tell: @LoopActor (String) -> Void

  init(_ plan: BulkLoadMigration, isInteractive: Bool, _ sides: MigrationSides) {
    isOn = plan.dualWritesAreOn
    self.isInteractive = isInteractive
    tell = sides.tell
    tables = "\(plan.base.source.title) and \(plan.base.targetTitle)"
    question = "switch the application's dual writes on now: every set, delete and TTL to \(tables)"
    title =
      isOn
      ? "the application writes to \(tables) already, as --dual_write_is_on says"
      : "wait until somebody has switched the application's writes to \(tables) on, and says so with 'resume'"
  }

  func look() async throws -> [Finding] {
    [
      Finding(
        .note, .activity,
        "until the load has ended, incr and check_and_* on the new table see none of the old rows, and reads miss them",
        advice: "an application that uses incr or check_and_* cannot be moved this way")
    ]
  }

  /// Before somebody goes on at the prompt with a job that waited here: that may be days later.
  ///
  /// - Throws: `ShellError` with status `refused` when the answer is no
  func ask(_ occasion: PlaybookOccasion, in session: Session) async throws {
    guard case .resume(let record) = occasion, !isOn, isInteractive else { return }
    let trace = PlaybookTrace(record, of: name)
    guard trace.detail(of: name)["told"] == true, !trace.isDone(name) else { return }
    try await session.requireConsent("Does the application write to \(tables) now?")
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let job = scope.job
    if !isOn, scope.detail(of: name)["told"] != true {
      tell("\(question); then 'resume \(job.id)'")
      scope.event("waiting", ["message": .string(question)])
      // Whoever goes on from here says that it was done.
      try await scope.setDetail(.object(["told": true]), of: name)
      guard isInteractive else {
        job.stop()
        return JobOutcome(
          isComplete: false, status: ExitStatus.interrupted.rawValue, headline: "",
          advice: "\(question); then 'resume \(job.id)'",
          result: .object(["error": "the application does not write to both tables yet"]))
      }
      try await scope.step(name) {
        job.pause()
        try await scope.gate.pass()
      }
      return nil
    }
    try await scope.step(name) {}
    return nil
  }

  func remains(_ trace: PlaybookTrace) -> String? {
    isOn || trace.isDone(name)
      ? "the application writes to both tables: leave that on until the job has ended, or switch it off before an undo"
      : nil
  }
}
