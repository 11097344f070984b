import EventLoop

/// Brings what changes in one job to the journal, one transaction at a time; what cannot be written now is kept, and
/// written with the next one.
@LoopActor
final class JobKeeper {
  private let journal: Journal
  private let turn = Turn()
  private var pending: JobChange
  /// Tells of the first write that failed, and, with nil, of the first one that succeeded again.
  var onTrouble: ((JournalError?) -> Void)?
  private var isInTrouble = false
  /// As if the process had been killed: nothing is written any more.
  var isAbandoned = false

  init(_ id: JobID, journal: Journal) {
    self.journal = journal
    pending = JobChange(id)
  }

  func note(_ change: (inout JobChange) -> Void) { change(&pending) }

  /// Writes all that was noted before the call. Answers why that was not possible.
  @discardableResult
  func flush() async -> JournalError? {
    await turn.take()
    defer { turn.pass() }
    guard !pending.isEmpty, !isAbandoned else { return nil }
    let change = pending
    pending = JobChange(change.job)
    do throws(JournalError) {
      try await journal.perform("write job \(change.job)") { (connection) throws(SQLError) in
        try connection.write(change)
      }
      if isInTrouble {
        isInTrouble = false
        onTrouble?(nil)
      }
      return nil
    } catch {
      pending.follow(change)
      if !isInTrouble {
        isInTrouble = true
        onTrouble?(error)
      }
      return error
    }
  }
}
