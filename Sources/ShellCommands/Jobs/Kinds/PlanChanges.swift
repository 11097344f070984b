package import JSON
package import Jobs

/// What is no longer as a job's plan says. Empty: the job can go on.
package struct PlanChanges: Sendable {
  /// One line for each, as in "the target table 'users' was dropped and created again (id 2, now 5)".
  package private(set) var lines: [String] = []

  package init() {}

  package var isEmpty: Bool { lines.isEmpty }

  package mutating func add(_ line: String) { lines.append(line) }

  /// Notes a setting that differs.
  package mutating func compare(_ name: String, _ planned: JSONValue?, _ present: JSONValue?) {
    let (planned, present) = (planned ?? .null, present ?? .null)
    if planned != present { add("\(name) was \(Self.text(planned)), now \(Self.text(present))") }
  }

  /// Notes each member in which two objects differ.
  package mutating func compare(members planned: JSONValue?, _ present: JSONValue?) {
    let (planned, present) = (planned ?? .object([:]), present ?? .object([:]))
    guard case .object(let old) = planned, case .object(let new) = present else { return }
    for member in old { compare(member.key, member.value, present[member.key]) }
    for member in new where planned[member.key] == nil { compare(member.key, nil, member.value) }
  }

  /// - Throws: `ShellError` with status `refused` when anything has changed
  package func refuse(_ id: JobID, advice: String) throws(ShellError) {
    guard !isEmpty else { return }
    throw ShellError(
      "job \(id) cannot go on, because what it was planned for has changed:\n"
        + lines.map { "  " + $0 }.joined(separator: "\n"), advice: advice, status: .refused)
  }

  private static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "not set"
    case .string(let text): "'\(text)'"
    default: value.text(indent: nil)
    }
  }
}
