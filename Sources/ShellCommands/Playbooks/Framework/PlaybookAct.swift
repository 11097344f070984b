import Copying
import EventLoop
import Jobs

/// One act of a playbook: something that a person would do with a command or two, with what has to be looked at before it
/// and how it is taken back.
///
/// An act is made anew for every run, from the playbook's parameters alone. What it has to know again after `kill -9`, and
/// what a later `undo` has to know, it leaves with `setDetail` in its scope, *before* it does it. Later acts hold references
/// to earlier ones and ask them ("where is the backup?"), so an act takes up what it knows in two places: in `run`, and in
/// `recall` when an earlier run of the job did it.
@LoopActor
protocol PlaybookAct: AnyObject, Sendable {
  /// Stable, unique in its playbook, one word: stands before the names of its steps ("backup.start"), and names it in the
  /// journal for ever.
  nonisolated var name: String { get }
  /// What it will do, for the plan: "back table 'users' of ClusterA up to 'hdfs_x'".
  nonisolated var title: String { get }
  /// At least one, without the act's name. One that is called as the act is, is called so in the job, too.
  var steps: [StepPlan] { get }

  /// Looks, before anything is done at all, for what would stand in its way. Changes nothing. Asked once in a dry run and
  /// once before the job; on a resume only when no act has done anything yet.
  func look() async throws -> [Finding]
  /// Takes up what earlier runs have left. Asked before `run` and `undo` of any act of the playbook, also when nothing was
  /// left: then it does nothing.
  func recall(_ trace: PlaybookTrace)
  /// Does what is not done yet. An earlier run may have been killed at any point of it; once it has ended well it is not
  /// called again.
  ///
  /// - Returns: what there is to tell of it; incomplete: the job ends here, and `resume` begins with this act
  /// - Throws: `ShellError` and its like, which end the job in the same way; `CancellationError`
  func run(in scope: JobScope) async throws -> JobOutcome?

  /// How it would be taken back, for the plan: "drop table 'users' of ClusterB"; nil: there is nothing to take back.
  var undoTitle: String? { get }
  /// What `undo` would do now. Looks; nil: nothing was done, or it is undone already. Throws when that cannot be told.
  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo?
  /// Takes back what it did. Looks first, so that it may be repeated.
  ///
  /// - Returns: what was done, one line: "dropped table 'users' (id 7) of ClusterB"; nil: there was nothing to do
  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String?
  /// What stays changed while the job stands still, and should not for long: "limit upload of ClusterA stays at 20"; nil:
  /// nothing.
  func remains(_ trace: PlaybookTrace) -> String?

  /// As in `JobWork`, with the names of its own steps.
  var progress: JobProgress? { get }
  /// As in `JobWork`, with the names of its own steps.
  func takeCheckpoints() -> [Checkpoint]
  /// As in `JobWork`.
  func apply(_ rate: JobRate) -> Bool
}

extension PlaybookAct {
  func look() async throws -> [Finding] { [] }
  func recall(_ trace: PlaybookTrace) {}
  var undoTitle: String? { nil }
  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    trace.hasBegun ? undoTitle.map { PlaybookUndo($0) } : nil
  }
  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? { nil }
  func remains(_ trace: PlaybookTrace) -> String? { nil }
  var progress: JobProgress? { nil }
  func takeCheckpoints() -> [Checkpoint] { [] }
  func apply(_ rate: JobRate) -> Bool { false }
}
