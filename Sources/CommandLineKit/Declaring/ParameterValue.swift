/// A type that an argument or an option of a command can have.
///
/// Conforming types here: `String`, `Int`, `Int32`, `Int64`, `UInt`, `UInt16`, `UInt32`, `UInt64`, `Double`, `Bool`,
/// optionals and arrays of them, and `[UInt8]` (any bytes, as typed). An enumeration becomes one by declaring
/// `String` raw values, `CaseIterable` and this protocol: its raw values are then the allowed words.
package protocol ParameterValue: Sendable {
  /// Reads one word of the command line; the error says what was expected.
  static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Self

  /// Reads a list of this type from one word: parts between commas, except for bytes, which are taken as they are.
  static func parseList(_ bytes: [UInt8]) throws(ParameterError) -> [Self]

  /// What is expected, as in "an integer".
  static var typeName: String { get }

  /// The only words allowed, when there are few of them; completion offers them.
  static var allowedValues: [String] { get }

  /// Whether a value holds several words or parts between commas.
  static var isList: Bool { get }

  /// Whether a parameter of this type may be left out (optionals and arrays).
  static var canBeLeftOut: Bool { get }

  /// This value as shown in "default: …"; nil when there is nothing to show.
  var defaultText: String? { get }

  /// A list of this type as shown in "default: …".
  static func defaultText(of list: [Self]) -> String?

  /// What repeating the option does: the later value, or for a list both.
  static func merge(_ old: Self, _ new: Self, isFirst: Bool) -> Self
}

extension ParameterValue {
  package static func parseList(_ bytes: [UInt8]) throws(ParameterError) -> [Self] {
    var list: [Self] = []
    for part in bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true) {
      let trimmed = part.drop(while: { $0 == 0x20 }).reversed().drop(while: { $0 == 0x20 }).reversed()
      list.append(try parse(Array(trimmed)))
    }
    return list
  }
  package static var allowedValues: [String] { [] }
  package static var isList: Bool { false }
  package static var canBeLeftOut: Bool { false }
  package static func defaultText(of list: [Self]) -> String? {
    let texts = list.compactMap(\.defaultText)
    return texts.isEmpty ? nil : texts.joined(separator: ",")
  }
  package static func merge(_ old: Self, _ new: Self, isFirst: Bool) -> Self { new }
}

/// Why a word is not a value of a parameter's type; the parser adds the parameter's name.
package struct ParameterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was expected, as in "an integer between 0 and 255 is expected".
  package var message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}

extension String: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ParameterError("text is expected (UTF-8)")
    }
    guard !bytes.contains(0) else { throw ParameterError("a zero byte is not allowed here") }
    return text
  }
  package static var typeName: String { "text" }
  package var defaultText: String? { isEmpty ? nil : self }
}

extension Bool: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Bool {
    switch String(decoding: bytes, as: UTF8.self).lowercased() {
    case "true": return true
    case "false": return false
    default: throw ParameterError("true or false is expected")
    }
  }
  package static var typeName: String { "true or false" }
  package static var allowedValues: [String] { ["true", "false"] }
  package var defaultText: String? { self ? "true" : "false" }
}

extension Double: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Double {
    guard let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite else {
      throw ParameterError("a number is expected")
    }
    return number
  }
  package static var typeName: String { "a number" }
  package var defaultText: String? { String(self) }
}

extension ParameterValue where Self: RawRepresentable & CaseIterable, RawValue == String {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Self {
    guard let value = Self(rawValue: String(decoding: bytes, as: UTF8.self)) else {
      throw ParameterError("one of \(allowedValues.joined(separator: ", ")) is expected")
    }
    return value
  }
  package static var typeName: String { "one of \(allowedValues.joined(separator: ", "))" }
  package static var allowedValues: [String] { allCases.map(\.rawValue) }
  package var defaultText: String? { rawValue }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Wrapped? { try Wrapped.parse(bytes) }
  package static var typeName: String { Wrapped.typeName }
  package static var allowedValues: [String] { Wrapped.allowedValues }
  package static var isList: Bool { Wrapped.isList }
  package static var canBeLeftOut: Bool { true }
  package var defaultText: String? { self.flatMap(\.defaultText) }
}

extension Array: ParameterValue where Element: ParameterValue {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> [Element] { try Element.parseList(bytes) }
  package static var typeName: String { Element.self == UInt8.self ? "bytes" : "list of \(Element.typeName)" }
  package static var allowedValues: [String] { Element.allowedValues }
  package static var isList: Bool { Element.self != UInt8.self }
  package static var canBeLeftOut: Bool { isList }
  package var defaultText: String? { Element.defaultText(of: self) }
  package static func merge(_ old: [Element], _ new: [Element], isFirst: Bool) -> [Element] {
    isFirst || !isList ? new : old + new
  }
}
