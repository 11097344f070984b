import Jobs

/// Why the acts of a playbook are made.
enum PlaybookOccasion: Sendable {
  /// The command has just been typed, or its plan has just been written.
  case first
  /// Somebody goes on with the job: nothing that it was planned for may have changed.
  case resume(JobRecord)
  /// Somebody takes the job back: what was there may be gone.
  case undo(JobRecord)

  init(_ occasion: JobOccasion) {
    switch occasion {
    case .first: self = .first
    case .resume(let record): self = .resume(record)
    }
  }

  /// As that of a job: nil for an undo, which compares nothing.
  var job: JobOccasion? {
    switch self {
    case .first: .first
    case .resume(let record): .resume(record)
    case .undo: nil
    }
  }
}
