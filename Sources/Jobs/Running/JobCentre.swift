package import EventLoop

/// All jobs: those of this process, and those that other processes have written to the same journal.
@LoopActor
package final class JobCentre {
  /// The jobs that this process runs, in the order of their numbers.
  package private(set) var running: [Job] = []
  /// Why jobs are not written down and cannot be resumed; nil: they are, or none was begun yet.
  package private(set) var warning: String?

  /// - Parameter directory: where the journal and the lock files are, made when the first job begins; nil: jobs live in
  ///   memory only
  package init(directory: String?) {}

  /// Writes the plan down, takes the job's lock and begins.
  ///
  /// - Parameter rate: the limit it begins with, `job.rate` in `makeWork`; nil: none was asked for
  /// - Throws: `JournalError` when the journal is damaged or too new, and what `makeWork` throws
  package func start(
    _ plan: JobPlan, rate: JobRate? = nil, makeWork: @LoopActor (Job) throws -> any JobWork
  ) async throws -> Job {
    throw JobError.unknown(JobID(rawValue: 0), nearest: nil)
  }

  /// Goes on with a job that nobody works on.
  ///
  /// - Throws: `JobError` (`runsElsewhere`, `final`, `unknown`, …), `JournalError`, and what `makeWork` throws
  package func resume(_ id: JobID, makeWork: @LoopActor (Job) throws -> any JobWork) async throws -> Job {
    throw JobError.unknown(id, nearest: nil)
  }

  /// All jobs, in the order of their numbers.
  package func list() async throws -> [JobRecord] { [] }

  /// One job. Throws `JobError.unknown`.
  package func record(_ id: JobID) async throws -> JobRecord { throw JobError.unknown(id, nearest: nil) }

  /// What happened to a job, oldest first: its notable events, the latest thousand at most.
  package func events(of id: JobID) async throws -> [JobEvent] { [] }

  /// How far the parts of a job have come.
  package func checkpoints(of id: JobID) async throws -> [Checkpoint] { [] }

  /// Asks a job for something: one of this process at once, that of another process through the journal.
  ///
  /// A job that nobody works on can be cancelled, and its rate be set for its next run.
  /// - Returns: the job afterwards; a stop or cancel may still be on its way
  /// - Throws: `JobError`: `notTaken` when the other process has not answered after five seconds
  @discardableResult
  package func request(_ id: JobID, _ request: JobRequest) async throws -> JobRecord {
    throw JobError.unknown(id, nearest: nil)
  }

  /// Stops all jobs of this process in order, and waits until they have ended.
  package func stopAll() async {}

  /// Removes a job from the journal, with all it knows of it. Throws `JobError.runsElsewhere` while a process holds it.
  package func forget(_ id: JobID) async throws {}

  /// Forgets jobs that ended for good before that moment, in milliseconds since 1970. Answers how many.
  @discardableResult
  package func prune(endedBefore moment: Int64) async throws -> Int { 0 }
}
