/// Writes a struct of the IDL: properties, two initialisers, decoder and encoder, all of simple statements.
struct StructWriter {
  var source: Schema.Structure
  var fields: [Field]
  var isResult: Bool
  /// What the values of each enumeration have in common.
  var prefixes: [String: String]

  init(_ source: Schema.Structure, isResult: Bool, prefixes: [String: String]) throws {
    self.source = source
    self.isResult = isResult
    self.prefixes = prefixes
    fields = try source.fields.map(Field.init)
    guard zip(fields, fields.dropFirst()).allSatisfy({ $0.id < $1.id }) else {
      throw CompilerError("\(source.struct): the ids do not ascend")
    }
  }

  private var name: String { Names.type(source.struct) }

  func write(into text: inout SourceText) {
    var about = source.about.map { SourceText.sentence($0) + " " } ?? ""
    about += "`\(source.struct)`"
    about += source.since.map { ", since \($0)." } ?? "."
    text.comment(about)
    text.block("package struct \(name): ThriftStruct") { text in
      writeProperties(into: &text)
      text.line("package init() {}")
      if !fields.isEmpty {
        text.line()
        writeMemberwise(into: &text)
      }
      text.line()
      writeDecoder(into: &text)
      text.line()
      writeEncoder(into: &text)
    }
    writeConformance(into: &text)
  }

  private func writeProperties(into text: inout SourceText) {
    for field in fields {
      var about = field.meaning.map(SourceText.sentence) ?? ""
      if let since = field.since { about += (about.isEmpty ? "" : " ") + "Since \(since)." }
      text.comment(about)
      let initial = field.swiftInitial(prefixes)
      text.line("package var \(field.swiftName): \(field.swiftType)" + (initial == "nil" ? "" : " = \(initial)"))
    }
    if !fields.isEmpty { text.line() }
  }

  private func writeMemberwise(into text: inout SourceText) {
    let arguments = fields.map { "\($0.swiftName): \($0.swiftType) = \($0.swiftInitial(prefixes))" }
    text.call("package init", arguments, " {")
    for field in fields { text.line("  self.\(field.swiftName) = \(field.swiftName)") }
    text.line("}")
  }

  private func writeDecoder(into text: inout SourceText) {
    text.block("package init(decoding reader: inout ByteReader) throws(ByteError)") { text in
      for field in fields where field.isOptional && field.initial != nil {
        text.line("self.\(field.swiftName) = nil")
      }
      for field in fields where field.type.isRequired {
        text.line("var has\(Names.type(field.name)) = false")
      }
      if fields.isEmpty {
        text.line("while let field = try reader.readFieldHeader() { try reader.skip(field.type) }")
        return
      }
      text.block("while let field = try reader.readFieldHeader()") { text in
        text.line("switch field.id {")
        for field in fields { writeCase(field, into: &text) }
        text.line("default: try reader.skip(field.type)")
        text.line("}")
      }
      for field in fields where field.type.isRequired {
        text.line("guard has\(Names.type(field.name)) else {")
        text.line("  throw .invalid(\"\(source.struct) without \(field.name)\", at: reader.offset)")
        text.line("}")
      }
    }
  }

  private func writeCase(_ field: Field, into text: inout SourceText) {
    let read =
      field.type.isBlob
      ? "try reader.readBlob(field)"
      : field.type.isBlobList
        ? "try reader.readBlobs(field)" : "try reader.readValue(field, as: \(field.type.swift).self)"
    text.line("case \(field.id):")
    if field.isOptional {
      text.line("  self.\(field.swiftName) = \(read)")
    } else if field.type.isRequired {
      text.line("  if let value = \(read) {")
      text.line("    self.\(field.swiftName) = value")
      text.line("    has\(Names.type(field.name)) = true")
      text.line("  }")
    } else {
      let head = "  if let value = \(read) {"
      let assignment = "self.\(field.swiftName) = value"
      if head.count + assignment.count <= 110 {
        text.line("\(head) \(assignment) }")
      } else {
        text.line(head)
        text.line("    " + assignment)
        text.line("  }")
      }
    }
  }

  private func writeEncoder(into text: inout SourceText) {
    text.block("package func encode(into buffer: inout ByteBuffer)") { text in
      for field in fields {
        let value = field.swiftName
        let argument =
          switch (field.type.isBlob, field.type.isBlobList, field.isOptional) {
          case (true, _, false): "blob: \(value)"
          case (true, _, true): "optionalBlob: \(value)"
          case (_, true, _): "blobs: \(value)"
          case (_, _, true): "optional: \(value)"
          default: value
          }
        text.line("buffer.appendField(\(field.id), \(argument))")
      }
      text.line("buffer.appendStop()")
    }
  }

  /// Results share the fields that say how it went.
  private func writeConformance(into text: inout SourceText) {
    guard isResult else { return }
    if fields.contains(where: { $0.name == "err" }) {
      text.line()
      text.block("extension \(name): AdminResponse") { text in
        let hint = fields.first { ["hint_message", "hint_msg", "hint", "err_hint"].contains($0.name) }
        let value = hint.map { $0.swiftName + ($0.isOptional ? " ?? \"\"" : "") } ?? "\"\""
        text.line("package var hintText: String { \(value) }")
      }
    } else if ["error", "app_id", "partition_index", "server"].allSatisfy({ name in fields.contains { $0.name == name }
    }) {
      text.line()
      text.line("extension \(name): DataResponse {}")
    }
  }
}
