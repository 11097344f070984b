package import JSON

/// A value of a table: shown as text, typed in JSON.
package enum Cell: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  case text(String)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double, decimals: Int)
  case bool(Bool)
  /// There is none: `-`, and null in JSON.
  case missing
  /// One text for people and another value for programs.
  case typed(String, JSONValue)

  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }

  package static func integer(_ value: some BinaryInteger) -> Cell { .integer(Int(clamping: value)) }

  /// A number with two decimals.
  package static func number(_ value: Double) -> Cell { .number(value, decimals: 2) }

  /// The value, or `missing` for nil.
  package static func optional(_ text: String?) -> Cell { text.map { .text($0) } ?? .missing }

  package var text: String {
    switch self {
    case .text(let text): return text
    case .integer(let value): return String(value)
    case .unsigned(let value): return String(value)
    case .number(let value, let decimals): return Format.fixed(value, decimals: decimals)
    case .bool(let value): return value ? "true" : "false"
    case .missing: return "-"
    case .typed(let text, _): return text
    }
  }

  package var json: JSONValue {
    switch self {
    case .text(let text): return .string(text)
    case .integer(let value): return .integer(Int64(value))
    case .unsigned(let value): return .unsigned(value)
    case .number(let value, _): return .number(value)
    case .bool(let value): return .bool(value)
    case .missing: return .null
    case .typed(_, let value): return value
    }
  }
}
