package import EventLoop
package import JSON

/// A part of a job, or all of it. Work that was written for a job of its own, with steps "start" and "wait", becomes part of
/// a larger one when it is handed a scope with a name: its steps are "backup.start" and "backup.wait" there, and it need
/// not know.
@LoopActor
package struct JobScope {
  package let job: Job
  private let names: StepNames

  /// - Parameter name: of the part: what stands before the names of its steps; empty: the whole job
  package init(_ job: Job, _ name: String = "") {
    self.job = job
    names = StepNames(name)
  }

  // MARK: Steps

  /// As `Job.step`.
  package func step<T>(_ name: String, _ body: @LoopActor () async throws -> T) async throws -> T {
    try await job.step(names.full(name), body)
  }

  /// As `Job.skip`.
  package func skip(_ name: String) async { await job.skip(names.full(name)) }

  /// As `Job.isDone`.
  package func isDone(_ name: String) -> Bool { job.isDone(names.full(name)) }

  /// As `Job.detail`.
  package func detail(of name: String) -> JSONValue { job.detail(of: names.full(name)) }

  /// As `Job.setDetail`.
  package func setDetail(_ detail: JSONValue, of name: String) async throws {
    try await job.setDetail(detail, of: names.full(name))
  }

  // MARK: Checkpoints

  /// What the journal knew of this part at the start of the run, with the names that the part itself gave.
  package var checkpoints: [Checkpoint] {
    job.checkpoints.compactMap { checkpoint in
      names.own(checkpoint.step).map {
        var checkpoint = checkpoint
        checkpoint.step = $0
        return checkpoint
      }
    }
  }

  /// The part's checkpoints as the job's.
  package func mark(_ checkpoints: [Checkpoint]) -> [Checkpoint] {
    checkpoints.map {
      var checkpoint = $0
      checkpoint.step = names.full(checkpoint.step)
      return checkpoint
    }
  }

  /// The part's progress as the job's.
  package func mark(_ progress: JobProgress) -> JobProgress {
    var progress = progress
    progress.step = names.full(progress.step)
    return progress
  }

  // MARK: The job

  /// Closed while the job is paused.
  package var gate: Gate { job.gate }
  /// As `Job.rate`.
  package var rate: JobRate? { job.rate }
  /// Working time of all earlier runs of the job.
  package var previousElapsed: Duration { job.previousElapsed }
  /// An earlier run has begun the job.
  package var isResumed: Bool { job.isResumed }
  /// As `Job.event`.
  package func event(_ kind: String, _ fields: JSONObject = [:]) { job.event(kind, fields) }
}
