/// Why a job cannot be had, begun or told something.
package enum JobError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No such job; `nearest` is the one that may be meant.
  case unknown(JobID, nearest: JobID?)
  /// A process, named by `owner`, works on it.
  case runsElsewhere(JobID, owner: String)
  /// It has ended for good.
  case final(JobID, JobState)
  /// Only a running job can do that; `state` is a word for lists.
  case notRunning(JobID, state: String)
  /// The process that works on it did not react.
  case notTaken(JobID, owner: String)
  /// It has no limit that could be set.
  case noLimit(JobID)
  /// The process that works on it said no, and why.
  case refused(JobID, reason: String)
  /// It was written by a newer shell, or not as a job is written.
  case unreadable(JobID, reason: String)

  package var description: String {
    switch self {
    case .unknown(let id, nil): "there is no job \(id)"
    case .unknown(let id, let nearest?): "there is no job \(id); did you mean \(nearest)?"
    case .runsElsewhere(let id, let owner): "job \(id) is being worked on by \(owner.isEmpty ? "a process" : owner)"
    case .final(let id, let state): "job \(id) is \(state.rawValue): it cannot be resumed"
    case .notRunning(let id, let state): "job \(id) is \(state), not running"
    case .notTaken(let id, let owner):
      "\(owner.isEmpty ? "the process" : owner) that works on job \(id) does not answer"
    case .noLimit(let id): "job \(id) has no limit that could be set"
    case .refused(let id, let reason): "job \(id): \(reason)"
    case .unreadable(let id, let reason): "job \(id) cannot be read: \(reason)"
    }
  }

  /// Without the job's number, for an answer to another process.
  var reason: String {
    switch self {
    case .notRunning(_, let state): "it is \(state), not running"
    case .noLimit: "it has no limit that could be set"
    case .refused(_, let reason): reason
    default: description
    }
  }
}
