package import Jobs

extension JobRecord {
  /// A process works on it, or lets it wait.
  package var isAtWork: Bool { isHeld && state.isActive }

  /// `resume` can do something about it.
  package var canGoOn: Bool { isResumable || (isHeld && state == .paused) }

  /// A step of it was done, or not needed.
  func isDone(_ step: String) -> Bool {
    steps.contains { $0.plan.name == step && [.done, .skipped].contains($0.state) }
  }
}
