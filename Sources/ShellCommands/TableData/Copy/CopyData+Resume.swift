import Copying
import EventLoop
import JSON
import Jobs

extension CopyData {
  /// The last copy between the same tables that was not finished; nil when there is none, or when a later one with the
  /// same options was: then everything is copied, and half of it would be copied again.
  @LoopActor
  private static func unfinished(_ ends: CopyEnds, in session: Session) async throws -> JobRecord? {
    let copies = try await session.jobs.list().filter { record in
      guard record.plan.kind == Self.name, record.startedAt != nil,
        let plan = try? TransferPlan(record.plan.parameters)
      else { return false }
      return ends.are(those: plan)
    }
    guard let last = copies.last(where: { !$0.state.isFinal }) else { return nil }
    let options = last.plan.parameters["options"]
    let isOutdated = copies.contains {
      $0.id > last.id && $0.state == .done && $0.plan.parameters["options"] == options
    }
    return isOutdated && !last.isHeld ? nil : last
  }

  /// `--resume`: goes on with that copy, when the options are those it was begun with.
  ///
  /// - Throws: `ShellError` with status `refused` that names the options that differ
  @LoopActor
  func goOn(
    _ ends: CopyEnds, _ options: CopyOptions, rate: JobRate?, in session: Session
  ) async throws {
    guard let record = try await Self.unfinished(ends, in: session) else {
      throw ShellError(
        "no unfinished copy of \(ends.title) is known",
        advice: "without --resume it begins; 'jobs' lists what there is", status: .refused)
    }
    guard !record.isHeld else { throw JobError.runsElsewhere(record.id, owner: record.owner) }
    var changes = PlanChanges()
    changes.compare(members: record.plan.parameters["options"], options.json)
    changes.compare("verify", record.plan.parameters["verify"], verify.step(after: options)?.json)
    try changes.refuse(
      record.id, because: "it was begun with other options",
      advice: "'resume \(record.id)' goes on with its own options; without --resume a new copy begins")
    try await session.goOn(with: record, job, rate: rate, asJSON: isJSON)
  }

  /// Says that there is something to go on with.
  @LoopActor
  static func mentionUnfinished(_ ends: CopyEnds, in session: Session) async {
    guard let record = try? await unfinished(ends, in: session), !record.isHeld else { return }
    let percent = record.progress?.fraction.map { " at \(Int(min($0, 0.99) * 100)) %" } ?? ""
    session.output.info(
      "this copy begins anew; job \(record.id) of the same tables is \(record.stateName)\(percent): "
        + "'resume \(record.id)' would go on with it")
  }
}
