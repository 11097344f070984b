package import EventLoop

/// Work that may be all that a job does, or one part of it.
@LoopActor
package protocol PartWork: JobWork {
  /// As `JobWork.run`. Its checkpoints and its progress have the names that the part itself gives its steps.
  func run(in scope: JobScope) async throws -> JobOutcome
}

extension PartWork {
  package func run(in job: Job) async throws -> JobOutcome { try await run(in: JobScope(job)) }
}
