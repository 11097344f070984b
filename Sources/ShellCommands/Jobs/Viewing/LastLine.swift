import Jobs

/// How far a job was when a line last told of it.
struct LastLine: Sendable {
  private var done: Int64
  private var doneBefore: Int64?
  private var verb: String?

  /// - Parameter progress: before the first line
  init(_ progress: JobProgress?) {
    done = progress?.done ?? 0
    doneBefore = progress?.doneBefore
    verb = progress?.verb
  }

  /// Units done since then. What is counted begins anew where one thing follows another (replicas download files, then they
  /// take them in) and where a new run goes on: that one says itself what was done before.
  mutating func step(to progress: JobProgress) -> Int64 {
    let goesOn = progress.done >= done && verb == progress.verb && doneBefore == progress.doneBefore
    let before = goesOn ? done : progress.doneBefore
    (done, doneBefore, verb) = (progress.done, progress.doneBefore, progress.verb)
    return max(0, progress.done - before)
  }
}
