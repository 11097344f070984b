/// How the steps of a part are called in their job: "backup.start"; a step that is called as its part is, "verify" of
/// "verify", is so in the job, too.
package struct StepNames: Sendable, Equatable {
  private let part: String

  /// - Parameter part: its name; empty: the whole job
  package init(_ part: String) { self.part = part }

  /// A step's name in the job.
  package func full(_ own: String) -> String { part.isEmpty || own == part ? own : "\(part).\(own)" }

  /// A step's name in the part; nil: it belongs to another one.
  package func own(_ full: String) -> String? {
    if part.isEmpty || full == part { return full }
    return full.hasPrefix(part + ".") ? String(full.dropFirst(part.count + 1)) : nil
  }
}
