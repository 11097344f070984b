/// A JSON text in the making; keys keep their order.
indirect enum JSONValue {
  case string(String)
  case integer(Int64)
  case number(Double)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// Without blanks.
  var compact: String {
    var text = ""
    write(into: &text, indent: nil)
    return text
  }

  /// One member a line, indented by two blanks.
  var indented: String {
    var text = ""
    write(into: &text, indent: 0)
    return text
  }

  private func write(into text: inout String, indent: Int?) {
    switch self {
    case .string(let value): Self.quote(value, into: &text)
    case .integer(let value): text += String(value)
    case .number(let value): text += Decimal.text(value, places: 2)
    case .array(let values):
      Self.list("[", "]", values.count, indent, into: &text) { index, text, inner in
        values[index].write(into: &text, indent: inner)
      }
    case .object(let members):
      Self.list("{", "}", members.count, indent, into: &text) { index, text, inner in
        Self.quote(members[index].0, into: &text)
        text += inner == nil ? ":" : ": "
        members[index].1.write(into: &text, indent: inner)
      }
    }
  }

  private static func list(
    _ open: String, _ close: String, _ count: Int, _ indent: Int?, into text: inout String,
    _ element: (Int, inout String, Int?) -> Void
  ) {
    guard count > 0 else {
      text += open + close
      return
    }
    let inner = indent.map { $0 + 1 }
    text += open
    for index in 0..<count {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: "  ", count: inner) }
      element(index, &text, inner)
    }
    if let indent { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func quote(_ value: String, into text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 32:
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
