import EventLoop
import JSON
import Jobs

/// The acts of a playbook as the work of one job, each when all before it have ended well. An act that has ended well is
/// not run again by a resume; what it had to tell stands in the journal, in the detail of its last step.
@LoopActor
final class PlaybookWork: JobWork {
  private let playbook: PreparedPlaybook
  private let clock: WorkClock
  /// The one that runs.
  private var current: (any PlaybookAct)?
  /// Those that have run in this process.
  private var begun: [any PlaybookAct] = []
  private let scopes: [String: JobScope]

  init(_ playbook: PreparedPlaybook, job: Job) {
    self.playbook = playbook
    clock = WorkClock(job.previousElapsed)
    scopes = Dictionary(
      playbook.acts.map { ($0.name, JobScope(job, $0.name)) }, uniquingKeysWith: { first, _ in first })
    playbook.recall(job.record)
  }

  func run(in job: Job) async throws -> JobOutcome {
    var told: [(act: String, outcome: JobOutcome)] = []
    for act in playbook.acts {
      let scope = JobScope(job, act.name)
      if let ending = ActEnding(of: act, in: scope) {
        if let outcome = ending.outcome { told.append((act.name, outcome)) }
        continue
      }
      do {
        try await job.gate.pass()
        current = act
        begun.append(act)
        let outcome = try await act.run(in: scope)
        if let outcome, !outcome.isComplete { return PlaybookReport(playbook, job).ended(act, outcome, after: told) }
        try await ActEnding(outcome).write(act, in: scope)
        if let outcome { told.append((act.name, outcome)) }
      } catch {
        return try PlaybookReport(playbook, job).failed(act, error, after: told)
      }
    }
    return PlaybookReport(playbook, job).complete(told)
  }

  var progress: JobProgress? {
    guard let current, let scope = scopes[current.name] else { return nil }
    var progress = current.progress ?? standing(at: current)
    progress.elapsed = clock.elapsed
    return scope.mark(progress)
  }

  /// For an act that has nothing to count.
  private func standing(at act: any PlaybookAct) -> JobProgress {
    var progress = JobProgress(step: act.steps.first?.name ?? "", verb: act.name, unit: "acts")
    progress.done = Int64(playbook.acts.firstIndex { $0 === act } ?? 0)
    progress.doneBefore = progress.done
    progress.total = Int64(playbook.acts.count)
    return progress
  }

  func takeCheckpoints() -> [Checkpoint] { begun.flatMap { scopes[$0.name]?.mark($0.takeCheckpoints()) ?? [] } }

  func apply(_ rate: JobRate) -> Bool {
    var isTaken = false
    for act in playbook.acts where act.apply(rate) { isTaken = true }
    return isTaken
  }
}
