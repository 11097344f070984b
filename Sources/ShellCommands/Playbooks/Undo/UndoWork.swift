import EventLoop
import JSON
import Jobs

/// Taking back a playbook's job, as the work of a job of its own: act by act, the last one first. The job that is taken
/// back is given up before anything else, so that nobody can go on with half of it.
@LoopActor
final class UndoWork: JobWork {
  nonisolated static let end = StepPlan(name: "end", title: "Give the job up")

  private let list: UndoList
  private let centre: JobCentre
  private let clock: WorkClock
  private var done: Int
  private let doneBefore: Int
  private var step = UndoWork.end.name

  init(_ list: UndoList, centre: JobCentre, job: Job) {
    self.list = list
    self.centre = centre
    clock = WorkClock(job.previousElapsed)
    doneBefore = list.items.count { job.isDone($0.act.name) }
    done = doneBefore
  }

  func run(in job: Job) async throws -> JobOutcome {
    try await job.step(Self.end.name) {
      try await self.giveUp()
      try await self.replaceOthers(job.id)
    }
    for item in list.items {
      let name = item.act.name
      step = name
      try await job.gate.pass()
      if !job.isDone(name) {
        try await job.step(name) {
          // Journaled by the step that follows it at the latest; an undo that is repeated finds nothing to do.
          let text = try await item.act.undo(item.trace, job.gate)
          try await job.setDetail(.object(["undone": .optional(text)]), of: name)
        }
        done += 1
      }
    }
    let lines = list.items.compactMap { job.detail(of: $0.act.name)["undone"]?.text }
    return JobOutcome(
      isComplete: true,
      headline: lines.isEmpty ? "Nothing was left of job \(list.record.id)." : "Job \(list.record.id) is undone.",
      lines: lines,
      result: .object(["complete": true, "job": .integer(list.record.id.rawValue), "undone": .strings(lines)]))
  }

  private func giveUp() async throws {
    var record = try await centre.record(list.record.id)
    if !record.isHeld, !record.state.isFinal { record = try await centre.request(record.id, .cancel) }
    if record.isHeld { throw UndoList.running(record) }
  }

  /// An undo that was interrupted before has nothing left to do once this one has ended.
  private func replaceOthers(_ own: JobID) async throws {
    for other in try await UndoPlan.unfinished(of: list.record.id, in: centre) where other.id != own {
      if other.isHeld { throw UndoList.running(other) }
      _ = try await centre.request(other.id, .cancel)
    }
  }

  var progress: JobProgress? {
    var progress = JobProgress(step: step, verb: "Undo", unit: "acts")
    progress.elapsed = clock.elapsed
    progress.done = Int64(done)
    progress.doneBefore = Int64(doneBefore)
    progress.total = Int64(list.items.count)
    progress.fraction = Double(done) / Double(max(1, list.items.count))
    return progress
  }
}

extension JobKind {
  /// `undo`
  static let undo = JobKind("undo", planVersion: UndoPlan.version) { plan, session, _ in
    let list = try await UndoList(try await session.jobs.record(UndoPlan(plan.parameters).job), in: session)
    let centre = session.jobs
    return { job in UndoWork(list, centre: centre, job: job) }
  }
}
