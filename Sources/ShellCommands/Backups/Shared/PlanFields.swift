import JSON

/// Reads the parameters of a job's plan.
struct PlanFields {
  private let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  subscript(name: String) -> JSONValue? {
    let value = json[name]
    return value == .null ? nil : value
  }

  func text(_ name: String) throws(ShellError) -> String {
    guard let text = self[name]?.text else { throw missing(name) }
    return text
  }

  /// Nil when it is not there.
  func optionalText(_ name: String) -> String? { self[name]?.text }

  func integer<Integer: FixedWidthInteger>(
    _ name: String, _: Integer.Type = Integer.self
  ) throws(ShellError) -> Integer {
    guard let number: Integer = optionalInteger(name) else { throw missing(name) }
    return number
  }

  /// Nil when it is not there.
  func optionalInteger<Integer: FixedWidthInteger>(_ name: String, _: Integer.Type = Integer.self) -> Integer? {
    self[name]?.whole.flatMap { Integer(exactly: $0) }
  }

  func flag(_ name: String) -> Bool { self[name] == .bool(true) }

  private func missing(_ name: String) -> ShellError {
    ShellError("the plan of the job has no '\(name)'", status: .refused)
  }
}

extension JSONValue {
  /// An integer that was written as one.
  var whole: Int64? {
    if case .integer(let number) = self { return number }
    return nil
  }

  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
