package import JSON

/// A step as the journal knows it.
package struct StepRecord: Sendable, Equatable {
  package var plan: StepPlan
  package var state: StepState
  /// Milliseconds since 1970; nil: not begun.
  package var startedAt: Int64?
  /// Milliseconds since 1970; nil: not ended.
  package var endedAt: Int64?
  /// What the step leaves for later ones and for a resume, a backup's id for example; null when nothing.
  package var detail: JSONValue
  /// Why it failed.
  package var error: String?

  package init(
    plan: StepPlan, state: StepState = .waiting, startedAt: Int64? = nil, endedAt: Int64? = nil,
    detail: JSONValue = .null, error: String? = nil
  ) {
    self.plan = plan
    self.state = state
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.detail = detail
    self.error = error
  }

  /// In the detail of a step: it asked somebody for something, who said no and did nothing.
  package static let refused: JSONValue = .object(["refused": true])

  /// It may have done something: it has come to its end, is on its way, or has left something.
  package var hasLeft: Bool {
    switch state {
    case .done, .skipped, .running: true
    case .waiting, .failed: detail != .null && detail != Self.refused
    }
  }
}
