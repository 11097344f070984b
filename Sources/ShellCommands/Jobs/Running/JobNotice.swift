/// Something about a job that a person should hear, whatever else is on the screen.
struct JobNotice: Sendable, Equatable {
  enum Weight: Sendable { case info, warning, error }

  var weight: Weight
  /// Without a mark; begins with the job's number.
  var text: String

  init(_ weight: Weight, _ text: String) {
    self.weight = weight
    self.text = text
  }
}
