import EventLoop
import Jobs

extension Session {
  /// A job at work, of this or another shell, that may write the same rows; nil when there is none.
  ///
  /// - Parameter id: of the job that asks, when there is one already
  func otherWriter(of writes: [TableWrite], except id: JobID? = nil) async throws -> OtherWriter? {
    guard !writes.isEmpty else { return nil }
    for other in try await jobs.list() where other.isAtWork && other.id != id {
      let theirs = TableWrite.all(of: other.plan)
      if let write = writes.first(where: { mine in theirs.contains { mine.mayMeet($0) } }) {
        return OtherWriter(job: other, write: write)
      }
    }
    return nil
  }

  /// Asks before a job writes into a table while another one, of this or another shell, writes into it: neither would
  /// notice, and which row wins is chance.
  ///
  /// - Parameter id: of the job itself, when it goes on
  /// - Throws: `ShellError` with status `refused` when the answer is no, and in a script without `--yes`
  func requireNoOtherWriter(_ plan: JobPlan, except id: JobID? = nil) async throws {
    guard let other = try await otherWriter(of: TableWrite.all(of: plan), except: id) else { return }
    try await requireConsent(
      other.text.prefix(1).uppercased() + other.text.dropFirst() + ". Write into it from two sides?")
  }
}
