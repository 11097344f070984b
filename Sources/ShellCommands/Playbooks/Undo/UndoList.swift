import EventLoop
import Jobs

/// What there is to take back of a job: its acts, the last one first.
@LoopActor
struct UndoList {
  /// One act that can be taken back.
  struct Item {
    let act: any PlaybookAct
    let trace: PlaybookTrace
  }

  let record: JobRecord
  let items: [Item]

  /// Makes the job's acts again, and lets them take up what its runs have left.
  ///
  /// - Throws: `ShellError` with status `refused` for a job that cannot be taken back, now or ever
  init(_ record: JobRecord, in session: Session) async throws {
    guard let playbook = Playbooks[record.plan.kind], record.plan.version <= playbook.version else {
      throw ShellError(
        "there is no undo of '\(record.plan.kind)' jobs",
        advice: "these have one: " + Playbooks.all.map(\.name).joined(separator: ", "), status: .refused)
    }
    guard !record.isHeld else { throw Self.running(record) }
    let prepared = try await playbook.prepare(record.plan.parameters, session, .undo(record))
    prepared.recall(record)
    self.record = record
    items = prepared.acts.reversed().compactMap { act in
      let trace = PlaybookTrace(record, of: act.name)
      return act.undoTitle != nil && trace.hasBegun ? Item(act: act, trace: trace) : nil
    }
  }

  static func running(_ record: JobRecord) -> ShellError {
    ShellError(
      "job \(record.id) runs (\(record.owner))", advice: "'stop \(record.id)' ends it first", status: .refused)
  }

  /// What taking back would do now, act by act; without those of which nothing is left.
  func look() async throws -> [(item: Item, undo: PlaybookUndo)] {
    var found: [(item: Item, undo: PlaybookUndo)] = []
    for item in items {
      if let undo = try await item.act.undoing(item.trace) { found.append((item, undo)) }
    }
    return found
  }
}
