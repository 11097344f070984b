import CommandLineKit
import EventLoop
import JSON
import Jobs

/// `undo`: takes back what a playbook's job has done.
struct UndoJob: JobCommand {
  static let name = "undo"
  static let summary = "take back what a migration has done: drop its new table, remove its files, set limits back"
  static let group = "Playbooks"
  static let effect = CommandEffect.destroys
  static let mayAsk = true
  static let discussion = """
    Works for jobs of the playbooks that have failed, were stopped, cancelled or interrupted, and for finished ones; a \
    running one has to be stopped first. What the job did is taken back in the opposite order, and only what this job did: a \
    table is dropped by the id that the job's own got, settings get the values that they had before. Before that it says \
    exactly what it will do and asks; where a table is dropped its name has to be typed, and a script needs --yes.

    The job is given up with it: it cannot be resumed any more. The undo is a job itself: 'resume' goes on with one that was \
    interrupted, and a second undo of the same job finds what is left, or nothing.
    """
  static let parameters: [Parameter<Self>] =
    [
      .argument(
        \.number, "job_id", help: "the job; the only one that can be taken back when left out", completion: .job),
      .flag(\.isDryRun, "--dry_run", help: "only say what would be done"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("undo 7 --dry_run", "what would be removed and set back?"),
    CommandExample("undo 7", "says it, asks, and does it"),
  ]

  var number: Int64?
  var isDryRun = false
  var isJSON = false
  var job = JobOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let undone = try await UndoPlan.undone(in: session.jobs)
    let record = try await JobChoice.record(number, in: session, purpose: "to undo") {
      Playbooks[$0.plan.kind] != nil && !$0.isHeld && !undone.contains($0.id)
    }
    let found = try await UndoList(record, in: session).look()
    if isDryRun { return show(record, found.map(\.undo.text), in: session) }
    guard !found.isEmpty else {
      // Those that were interrupted have nothing left to go on with.
      for other in try await UndoPlan.unfinished(of: record.id, in: session.jobs) where !other.isHeld {
        _ = try await session.jobs.request(other.id, .cancel)
      }
      return show(record, [], in: session)
    }
    try await ask(record, found.map(\.undo), in: session)
    try await session.launch(
      JobPlan(
        version: UndoPlan.version, kind: Self.name, title: "\(record.plan.kind) \(record.id) \(record.plan.title)",
        commandLine: session.commandLine, parameters: UndoPlan(record.id).parameters,
        steps: [UndoWork.end] + found.map { StepPlan(name: $0.item.act.name, title: $0.undo.text) }),
      job, asJSON: isJSON)
  }

  @LoopActor
  private func show(_ record: JobRecord, _ lines: [String], in session: Session) {
    if isJSON || session.output.isJSON {
      return session.output.json(["job": .integer(record.id.rawValue), "undo": .strings(lines)])
    }
    if lines.isEmpty { return session.output.line("nothing is left of job \(record.id) that could be undone") }
    session.output.line("undo \(record.id) would, in this order:")
    for line in lines { session.output.line("  \(line)") }
  }

  /// - Throws: `ShellError` with status `refused` when the answer is no
  @LoopActor
  private func ask(_ record: JobRecord, _ undos: [PlaybookUndo], in session: Session) async throws {
    session.output.note("undo \(record.id) (\(record.plan.kind) \(record.plan.title)) will, in this order:")
    for undo in undos { session.output.note("  \(undo.text)") }
    try await session.requireConsent("Do that?", typed: undos.compactMap(\.typed).first)
  }
}
