import JSON
import Jobs

/// What an act has left in the journal, to be read by whoever comes after it: a resume, an undo.
struct PlaybookTrace: Sendable {
  private let steps: [StepRecord]
  private let names: StepNames

  /// - Parameter act: its name
  init(_ record: JobRecord, of act: String) {
    names = StepNames(act)
    steps = record.steps
  }

  /// Whether the act was ever begun: it may have done something.
  var hasBegun: Bool {
    steps.contains { names.own($0.plan.name) != nil && ($0.startedAt != nil || $0.detail != .null) }
  }

  /// Whether the act may have done something; not when it was refused before that.
  var hasLeft: Bool { steps.contains { names.own($0.plan.name) != nil && $0.hasLeft } }

  /// Whether a step was ever begun.
  func hasBegun(_ step: String) -> Bool { self.step(step).map { $0.startedAt != nil || $0.detail != .null } ?? false }

  /// Whether a step was done, or not needed.
  func isDone(_ step: String) -> Bool {
    self.step(step).map { $0.state == .done || $0.state == .skipped } ?? false
  }

  /// What the step has left, null when nothing.
  func detail(of step: String) -> JSONValue { self.step(step)?.detail ?? .null }

  private func step(_ name: String) -> StepRecord? { steps.first { $0.plan.name == names.full(name) } }
}
