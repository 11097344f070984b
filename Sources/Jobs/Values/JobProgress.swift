/// How a job stands: all that a viewer shows, in this process or, through the journal, in another one.
package struct JobProgress: Sendable, Equatable {
  /// A named count: "copied", 17.
  package struct Count: Sendable, Equatable {
    package var name: String
    package var count: Int64

    package init(name: String, count: Int64) {
      self.name = name
      self.count = count
    }
  }

  /// A part of the work, a partition for example.
  package struct Part: Sendable, Equatable {
    package var number: Int32
    /// One word: "running".
    package var state: String
    /// Units done.
    package var done: Int64
    package var note: String

    package init(number: Int32, state: String, done: Int64, note: String = "") {
      self.number = number
      self.state = state
      self.done = done
      self.note = note
    }
  }

  /// The name of the step that runs.
  package var step: String
  /// Working time, all runs of the job together.
  package var elapsed: Duration = .zero
  /// What is counted: "rows".
  package var unit: String
  /// What is done: "Copy".
  package var verb: String
  /// What became of the units, in the order in which it is shown: read, copied, filtered, …
  package var account: [Count] = []
  /// Units done.
  package var done: Int64 = 0
  /// Those of them that were done before this run began to count: no part of what it has done in its first second.
  package var doneBefore: Int64 = 0
  /// Units there are, an estimate; nil: not known.
  package var total: Int64?
  /// 0...1; nil: not known.
  package var fraction: Double?
  package var bytes: Int64 = 0
  /// Units per second, over the last seconds.
  package var rate: Double = 0
  /// Units done in the last second.
  package var lastSecond: Int64 = 0
  package var secondsLeft: Double?
  /// The rate has not gone up and down in the last seconds: what is left can be told by the second.
  package var isSteady = true
  /// The parts that are worth showing: those at work, above all. The journal keeps the first `journaledParts` of them.
  package var parts: [Part] = []
  package var finishedParts: Int = 0
  package var partCount: Int = 0
  package var slowestPart: Part?
  package var retries: Int64 = 0
  package var lastRetryReason: String = ""
  /// The rate limit: "5000 rows/s"; empty: none.
  package var limit: String = ""
  /// Why it is slower than it could be: "target p99 84 ms > 50 ms"; empty: it is not.
  package var slowed: String = ""
  /// Servers do the work, whatever becomes of the job: it only watches. A pause or a limit of the job is none of theirs.
  package var isWatched = false
  /// Why it is about to end before its end; empty: it is not.
  package var ending: String = ""

  /// The most parts that the journal keeps.
  package static let journaledParts = 64

  package init(step: String, verb: String, unit: String) {
    self.step = step
    self.verb = verb
    self.unit = unit
  }

  /// What an earlier run has come to, as a new one shows it that has nothing to tell yet: nothing moves.
  var ofEarlierRun: JobProgress {
    var progress = self
    progress.doneBefore = done
    progress.rate = 0
    progress.lastSecond = 0
    progress.secondsLeft = nil
    progress.slowed = ""
    progress.ending = ""
    return progress
  }
}
