import EventLoop
import Jobs

extension Session {
  /// Asks before a job writes into a table while another one, of this or another shell, writes into it: neither would
  /// notice, and which row wins is chance.
  ///
  /// - Parameter id: of the job itself, when it goes on
  /// - Throws: `ShellError` with status `refused` when the answer is no, and in a script without `--yes`
  func requireNoOtherWriter(_ plan: JobPlan, except id: JobID? = nil) async throws {
    let writes = TableWrite.all(of: plan)
    guard !writes.isEmpty else { return }
    for other in try await jobs.list() where other.isAtWork && other.id != id {
      let theirs = TableWrite.all(of: other.plan)
      guard let write = writes.first(where: { mine in theirs.contains { mine.mayMeet($0) } }) else { continue }
      try await requireConsent(
        "Job \(other.id) (\(other.plan.kind) \(other.plan.title), \(other.stateName)) writes into \(write.table.title) "
          + "as well. Write into it from two sides?")
      return
    }
  }
}
