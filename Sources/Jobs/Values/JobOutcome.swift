package import JSON

/// How a job ended, as its work tells it.
package struct JobOutcome: Sendable, Equatable {
  /// Everything planned was done; false: there is something to resume.
  package var isComplete: Bool
  /// The exit status of the command.
  package var status: Int32
  /// One line: "Copy done, total 1000000 rows."
  package var headline: String
  /// What else there is to say, line by line.
  package var lines: [String]
  /// What to do next, or how to undo it; empty: nothing.
  package var advice: String
  /// The same facts for programs: an object.
  package var result: JSONValue

  package init(
    isComplete: Bool, status: Int32 = 0, headline: String, lines: [String] = [], advice: String = "",
    result: JSONValue = .object([:])
  ) {
    self.isComplete = isComplete
    self.status = status
    self.headline = headline
    self.lines = lines
    self.advice = advice
    self.result = result
  }
}
