extension JSONValue {
  /// An object whose members were collected one by one.
  @_disfavoredOverload
  package static func object(_ object: JSONObject) -> JSONValue { .object(object.members) }

  /// The bytes as text, when they are UTF-8 without control characters.
  package static func plainText(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let isPrintable = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0: false
      default: true
      }
    }
    return isPrintable ? text : nil
  }

  /// An integer of any width; one that does not fit becomes a number.
  package static func int(_ value: some BinaryInteger) -> JSONValue {
    if let exact = Int64(exactly: value) { return .integer(exact) }
    if let exact = UInt64(exactly: value) { return .unsigned(exact) }
    return .number(Double(value))
  }

  package static func strings(_ list: some Sequence<String>) -> JSONValue { .array(list.map { .string($0) }) }

  /// The member of an object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == name }?.value
  }

  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// An integer or a number.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  package var elements: [JSONValue] {
    guard case .array(let list) = self else { return [] }
    return list
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}
