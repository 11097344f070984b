import JSON
import Jobs

/// What is no longer as a job's plan says. Empty: the job can go on.
struct PlanChanges: Sendable {
  /// One line for each, as in "the target table 'users' was dropped and created again (id 2, now 5)".
  private(set) var lines: [String] = []

  init() {}

  var isEmpty: Bool { lines.isEmpty }

  mutating func add(_ line: String) { lines.append(line) }

  /// Notes a setting that differs.
  mutating func compare(_ name: String, _ planned: JSONValue?, _ present: JSONValue?) {
    let (planned, present) = (planned ?? .null, present ?? .null)
    if planned != present { add("\(name) was \(Self.text(planned)), now \(Self.text(present))") }
  }

  /// Notes each member in which two objects differ.
  mutating func compare(members planned: JSONValue?, _ present: JSONValue?) {
    let (planned, present) = (planned ?? .object([:]), present ?? .object([:]))
    guard case .object(let old) = planned, case .object(let new) = present else { return }
    for member in old { compare(member.key, member.value, present[member.key]) }
    for member in new where planned[member.key] == nil { compare(member.key, nil, member.value) }
  }

  /// As the next, for the tables of a plan on either occasion.
  ///
  /// - Throws: `ShellError` with status `refused` when anything has changed; on a first run, between the look of the
  ///   command and this one
  func refuse(_ occasion: JobOccasion, advice: String) throws(ShellError) {
    if case .resume(let record) = occasion { return try refuse(record.id, advice: advice) }
    if let first = lines.first { throw ShellError("the tables have changed meanwhile: \(first)", status: .refused) }
  }

  /// - Throws: `ShellError` with status `refused` when anything has changed
  func refuse(
    _ id: JobID, because reason: String = "what it was planned for has changed", advice: String
  ) throws(ShellError) {
    guard !isEmpty else { return }
    throw ShellError(
      "job \(id) cannot go on, because \(reason):\n"
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
