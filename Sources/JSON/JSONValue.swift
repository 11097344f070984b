/// A JSON document; objects keep the order of their members.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case unsigned(UInt64)
  /// Not finite: written as null.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  package static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { JSONMember($0.key, $0.value) })
  }

  /// The text of the document, without a line feed at its end. `indent` is the number of blanks of one level; nil writes
  /// everything on one line.
  package func text(indent: Int? = 4) -> String {
    var out: [UInt8] = []
    append(to: &out, indent: indent, level: 0)
    return String(decoding: out, as: UTF8.self)
  }

  /// As `text`, appended to a buffer: for one document per line.
  package func append(to out: inout [UInt8], indent: Int? = nil) { append(to: &out, indent: indent, level: 0) }

  private func append(to out: inout [UInt8], indent: Int?, level: Int) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .integer(let value): out.append(contentsOf: String(value).utf8)
    case .unsigned(let value): out.append(contentsOf: String(value).utf8)
    case .number(let value): out.append(contentsOf: (value.isFinite ? Self.decimal(value) : "null").utf8)
    case .string(let value): Self.append(string: value, to: &out)
    case .array(let values):
      Self.list(values, "[", "]", to: &out, indent, level) { value, out in
        value.append(to: &out, indent: indent, level: level + 1)
      }
    case .object(let members):
      Self.list(members, "{", "}", to: &out, indent, level) { member, out in
        Self.append(string: member.key, to: &out)
        out.append(UInt8(ascii: ":"))
        if indent != nil { out.append(0x20) }
        member.value.append(to: &out, indent: indent, level: level + 1)
      }
    }
  }

  private static func list<Item>(
    _ items: [Item], _ open: Unicode.Scalar, _ close: Unicode.Scalar, to out: inout [UInt8], _ indent: Int?,
    _ level: Int, _ write: (Item, inout [UInt8]) -> Void
  ) {
    func newLine(_ level: Int) {
      guard let indent else { return }
      out.append(0x0A)
      out.append(contentsOf: repeatElement(0x20, count: indent * level))
    }
    out.append(UInt8(ascii: open))
    for (index, item) in items.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      newLine(level + 1)
      write(item, &out)
    }
    if !items.isEmpty { newLine(level) }
    out.append(UInt8(ascii: close))
  }

  /// Swift writes `1e+20`, which JSON allows, and `5.0`, which stays a number with a fraction.
  private static func decimal(_ value: Double) -> String { String(value) }

  private static func append(string: String, to out: inout [UInt8]) {
    let hex = Array("0123456789abcdef".utf8)
    out.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0x0A: out.append(contentsOf: "\\n".utf8)
      case 0x0D: out.append(contentsOf: "\\r".utf8)
      case 0x09: out.append(contentsOf: "\\t".utf8)
      case 0..<0x20, 0x7F:
        out.append(contentsOf: "\\u00".utf8)
        out.append(contentsOf: [hex[Int(byte >> 4)], hex[Int(byte & 15)]])
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
