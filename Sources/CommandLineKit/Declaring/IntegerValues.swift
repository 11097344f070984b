/// Integers as the command line spells them: an optional sign, then decimal digits, `0x…` or `0…` (octal).
enum IntegerText {
  static func parse<T: FixedWidthInteger>(_ bytes: [UInt8], as type: T.Type) throws(ParameterError) -> T {
    var digits = bytes[...]
    var isNegative = false
    if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      isNegative = sign == UInt8(ascii: "-")
      digits.removeFirst()
    }
    var radix = 10
    if digits.count > 1, digits.first == UInt8(ascii: "0") {
      let second = digits[digits.startIndex + 1]
      let isHex = second == UInt8(ascii: "x") || second == UInt8(ascii: "X")
      radix = isHex ? 16 : 8
      digits.removeFirst(isHex ? 2 : 1)
    }
    let text = String(decoding: digits, as: UTF8.self)
    guard let first = digits.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+"),
      digits.allSatisfy({ digitValue($0) < radix })
    else {
      throw ParameterError(
        radix == 8 ? "an integer is expected (a leading 0 means octal)" : "an integer is expected")
    }
    guard let value = T((isNegative ? "-" : "") + text, radix: radix) else {
      throw ParameterError("an integer from \(T.min) to \(T.max) is expected")
    }
    return value
  }

  private static func digitValue(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): return Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): return Int(byte - UInt8(ascii: "A")) + 10
    default: return Int.max
    }
  }
}

extension ParameterValue where Self: FixedWidthInteger {
  package static func parse(_ bytes: [UInt8]) throws(ParameterError) -> Self {
    try IntegerText.parse(bytes, as: Self.self)
  }
  package static var typeName: String { "an integer" }
  package var defaultText: String? { String(self) }
}

extension Int: ParameterValue {}
extension Int32: ParameterValue {}
extension Int64: ParameterValue {}
extension UInt: ParameterValue {}
extension UInt16: ParameterValue {}
extension UInt32: ParameterValue {}
extension UInt64: ParameterValue {}

/// A single byte as a number; a *list* of bytes is a word of the command line as it was typed.
extension UInt8: ParameterValue {
  package static func parseList(_ bytes: [UInt8]) throws(ParameterError) -> [UInt8] { bytes }
  package static func defaultText(of list: [UInt8]) -> String? {
    list.isEmpty ? nil : "\"\(ByteEscaping.escape(list))\""
  }
}
