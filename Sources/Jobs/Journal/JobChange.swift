/// What is to be written of a job in one transaction.
struct JobChange: Sendable {
  struct Place: Hashable, Sendable {
    var step: String
    var part: Int32
  }

  /// The most events that the journal keeps of a job, and that wait while it cannot be written.
  static let keptEvents = 1000

  let job: JobID
  /// The record's own fields, without its plan, steps and progress.
  var record: JobRecord?
  /// By their number in the job.
  var steps: [Int: StepRecord] = [:]
  var checkpoints: [Place: Checkpoint] = [:]
  var progress: JobProgress?
  var events: [JobEvent] = []
  /// Requests that were taken, with the reason for which one was refused.
  var answers: [Int64: String?] = [:]

  init(_ job: JobID) { self.job = job }

  var isEmpty: Bool {
    record == nil && steps.isEmpty && checkpoints.isEmpty && progress == nil && events.isEmpty && answers.isEmpty
  }

  mutating func add(_ checkpoint: Checkpoint) {
    checkpoints[Place(step: checkpoint.step, part: checkpoint.part)] = checkpoint
  }

  mutating func add(_ event: JobEvent) {
    if events.count >= Self.keptEvents { events.removeFirst(Self.keptEvents / 10) }
    events.append(event)
  }

  /// Takes up an older change that could not be written: what is newer here wins.
  mutating func follow(_ older: JobChange) {
    record = record ?? older.record
    progress = progress ?? older.progress
    steps.merge(older.steps) { newer, _ in newer }
    checkpoints.merge(older.checkpoints) { newer, _ in newer }
    answers.merge(older.answers) { newer, _ in newer }
    events = Array((older.events + events).suffix(Self.keptEvents))
  }
}
