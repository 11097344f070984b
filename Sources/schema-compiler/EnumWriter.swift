/// Writes an enumeration of the IDL as an open struct over Int32.
struct EnumWriter {
  var source: Schema.Enumeration

  func write(into text: inout SourceText) throws {
    var values: [(name: String, number: String)] = []
    for value in source.values {
      guard let (name, number) = Substring(value).cut(at: " = ") else { throw CompilerError("not a value: \(value)") }
      values.append((String(name), String(number)))
    }
    let prefix = Names.prefix(of: values.map(\.name))
    text.comment("`\(source.enum)`." + (source.since.map { " Since \($0)." } ?? ""))
    text.block("package struct \(Names.type(source.enum)): ThriftEnumeration") { text in
      text.line("package var rawValue: Int32")
      text.line()
      text.block("package init(rawValue: Int32 = 0)") { $0.line("self.rawValue = rawValue") }
      text.line()
      for value in values {
        text.line("package static let \(Names.value(value.name, prefix: prefix)) = Self(rawValue: \(value.number))")
      }
      text.line()
      text.block("package var name: String") { text in
        text.line("switch rawValue {")
        for value in values { text.line("case \(value.number): \"\(value.name)\"") }
        text.line("default: \"\(source.enum)(\\(rawValue))\"")
        text.line("}")
      }
    }
  }
}
