package import JSON

/// What a job will do: written to the journal before anything is done, and all that is needed to go on with it later.
package struct JobPlan: Sendable, Equatable {
  /// Of the kind's parameters: a shell that knows only older ones refuses to resume.
  package var version: Int
  /// A stable identifier of the work: "copy_data".
  package var kind: String
  /// For people: "ClusterA:users -> ClusterB:users".
  package var title: String
  /// The line that asked for it.
  package var commandLine: String
  /// An object: everything the work is built from again, and what is compared before a resume. No secrets.
  package var parameters: JSONValue
  package var steps: [StepPlan]

  package init(
    version: Int = 1, kind: String, title: String, commandLine: String, parameters: JSONValue = .object([:]),
    steps: [StepPlan]
  ) {
    self.version = version
    self.kind = kind
    self.title = title
    self.commandLine = commandLine
    self.parameters = parameters
    self.steps = steps
  }
}
