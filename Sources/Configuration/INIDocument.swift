/// A file of `[section]`s with `key = value` entries, in the order written.
///
/// Keys may be indented. A key without `=` has an empty value. `#` and `;` begin a comment anywhere on a line; `^#` and
/// `^;` stand for the characters. A section may appear once. Of two entries with one key the first counts, with a warning.
/// A value `%…%` is a place that nobody filled in: it counts as empty.
package struct INIDocument: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package var key: String
    package var value: String
    /// From 1.
    package var line: Int
  }

  package struct Section: Sendable, Equatable {
    package var name: String
    package var line: Int
    package var entries: [Entry] = []

    package subscript(key: String) -> Entry? { entries.first { $0.key == key } }
  }

  package let file: String
  package private(set) var sections: [Section] = []
  /// `file:line: …` remarks that do not keep the file from being used.
  package private(set) var warnings: [String] = []

  /// The section with that name.
  package subscript(section: String) -> Section? { sections.first { $0.name == section } }

  /// A document without sections.
  package init(file: String) { self.file = file }

  /// Reads the text of a file; the error has the line and what was expected there.
  package init(_ text: [UInt8], file: String) throws(ConfigurationError) {
    self.file = file
    var text = text[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    for (offset, bytes) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw ConfigurationError(file: file, line: offset + 1, "text is expected (UTF-8)")
      }
      try add(Self.withoutComment(line), line: offset + 1)
    }
  }

  private mutating func add(_ text: String, line: Int) throws(ConfigurationError) {
    guard !text.isEmpty else { return }
    if text.hasPrefix("[") { return try addSection(text, line: line) }
    let equals = text.firstIndex(of: "=")
    let key = Self.trimmed(text[..<(equals ?? text.endIndex)])
    var value = equals.map { Self.trimmed(text[text.index(after: $0)...]) } ?? ""
    guard !key.isEmpty else {
      throw ConfigurationError(file: file, line: line, "a key is expected before '='")
    }
    guard let last = sections.indices.last else {
      throw ConfigurationError(
        file: file, line: line, "'\(key)' stands before any section; a line '[section]' is expected first")
    }
    if value.count > 1, value.hasPrefix("%"), value.hasSuffix("%"), !value.contains(" ") {
      warnings.append("\(file):\(line): '\(key) = \(value)' is a place to be filled in; taken as empty")
      value = ""
    }
    if let first = sections[last][key] {
      warnings.append("\(file):\(line): '\(key)' was already set in line \(first.line); the first value counts")
      return
    }
    sections[last].entries.append(Entry(key: key, value: value, line: line))
  }

  private mutating func addSection(_ text: String, line: Int) throws(ConfigurationError) {
    guard text.hasSuffix("]") else {
      throw ConfigurationError(file: file, line: line, "']' is expected at the end of '\(text)'")
    }
    let name = Self.trimmed(text.dropFirst().dropLast())
    guard !name.isEmpty, !name.contains("=") else {
      throw ConfigurationError(file: file, line: line, "a section name without '=' is expected, not '\(text)'")
    }
    if let other = self[name] {
      throw ConfigurationError(
        file: file, line: line, "section [\(name)] began already in line \(other.line); one section is expected")
    }
    sections.append(Section(name: name, line: line))
  }

  /// The line up to the first comment sign, with `^#` and `^;` resolved, without blanks around it.
  private static func withoutComment(_ line: String) -> String {
    var text = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in line.unicodeScalars {
      if scalar == "#" || scalar == ";" {
        if !isEscaped { break }
        text.append(scalar)
        isEscaped = false
        continue
      }
      if isEscaped { text.append("^") }
      isEscaped = scalar == "^"
      if !isEscaped { text.append(scalar) }
    }
    if isEscaped { text.append("^") }
    return trimmed(Substring(String(text)))
  }

  static func trimmed(_ text: Substring) -> String {
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || ("\t"..."\r").contains(scalar) }
    let front = text.unicodeScalars.drop(while: isBlank)
    guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(front[...last])
  }
}
