/// Something about a job that a person should hear, whatever else is on the screen.
package struct JobNotice: Sendable, Equatable {
  package enum Weight: Sendable { case info, warning, error }

  package var weight: Weight
  /// Without a mark; begins with the job's number.
  package var text: String

  package init(_ weight: Weight, _ text: String) {
    self.weight = weight
    self.text = text
  }
}
