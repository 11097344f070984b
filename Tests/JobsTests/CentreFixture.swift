import EventLoop
import JSON
import TestSupport

@testable import Jobs

/// A directory with a journal, and centres that stand for shells.
@LoopActor
final class CentreFixture {
  let directory = TemporaryDirectory("jobs")
  var state: String { directory.file("state") }
  /// The works that were made, in order.
  var works: [CountingWork] = []

  func centre() -> JobCentre { JobCentre(directory: state, tick: .milliseconds(4)) }

  nonisolated static func plan(_ title: String = "A:users -> B:users") -> JobPlan {
    JobPlan(
      kind: "count", title: title, commandLine: "count -a users", parameters: .object(["table": "users", "n": 3]),
      steps: [StepPlan(name: "prepare", title: "Prepare"), StepPlan(name: "count", title: "Count the numbers")])
  }

  /// Begins a job that counts to `allowed`.
  @discardableResult
  func start(
    _ centre: JobCentre, allowed: Int = 10, rate: JobRate? = nil,
    _ prepare: @LoopActor (Job, CountingWork) -> Void = { _, _ in }
  ) async throws -> Job {
    try await centre.start(Self.plan(), rate: rate) { job in work(job, allowed, prepare) }
  }

  @discardableResult
  func resume(
    _ centre: JobCentre, _ id: JobID, allowed: Int = 10,
    _ prepare: @LoopActor (Job, CountingWork) -> Void = { _, _ in }
  ) async throws -> Job {
    try await centre.resume(id) { job in work(job, allowed, prepare) }
  }

  private func work(_ job: Job, _ allowed: Int, _ prepare: @LoopActor (Job, CountingWork) -> Void) -> CountingWork {
    let work = CountingWork(job, allowed: allowed)
    prepare(job, work)
    works.append(work)
    return work
  }

  func connection() throws -> Connection { try Connection(path: state + "/journal.sqlite") }
}

/// The error that `body` throws.
@LoopActor
func thrown<E: Error>(_ type: E.Type, _ body: @LoopActor () async throws -> Void) async -> E? {
  do {
    try await body()
    return nil
  } catch {
    return error as? E
  }
}
