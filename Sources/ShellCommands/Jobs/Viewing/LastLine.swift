import Jobs

/// How far a job was when a line last told of it.
struct LastLine: Sendable {
  private var done: Int64
  private var verb: String?

  /// - Parameter progress: before the first line
  init(_ progress: JobProgress?) {
    done = progress?.done ?? 0
    verb = progress?.verb
  }

  /// Units done since then. What is counted begins anew where one thing follows another: replicas download files, then
  /// they take them in.
  mutating func step(to progress: JobProgress) -> Int64 {
    let goesOn = progress.done >= done && (verb == nil || verb == progress.verb)
    let before = goesOn ? done : 0
    (done, verb) = (progress.done, progress.verb)
    return progress.done - before
  }
}
