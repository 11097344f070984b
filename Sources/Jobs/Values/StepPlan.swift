/// One thing that a job does, as planned.
package struct StepPlan: Sendable, Equatable {
  /// A stable identifier, unique in its job: "copy".
  package var name: String
  /// For people: "Copy the rows".
  package var title: String

  package init(name: String, title: String) {
    self.name = name
    self.title = title
  }
}
