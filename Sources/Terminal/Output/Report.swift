package import JSON

/// What a listing command has to say: sections, as text or as one JSON document.
package struct Report: Sendable {
  /// Rises when a member of the JSON form changes its meaning or disappears; new members do not raise it.
  package static let version = 1

  package var sections: [TextTable]
  /// Whether an empty line follows each section, as the old shell has it in reports of more than one.
  package var separatesSections: Bool

  package init(_ sections: [TextTable] = [], separatesSections: Bool = true) {
    self.sections = sections
    self.separatesSections = separatesSections
  }

  /// A report of one section, without an empty line behind it.
  package init(_ section: TextTable) { self.init([section], separatesSections: false) }

  package mutating func add(_ section: TextTable) { sections.append(section) }

  /// The sections as text, each line with its line feed.
  package func text(style: Style = .plain) -> String {
    sections.map { section in
      let text = section.text(style: style)
      return text.isEmpty || !separatesSections ? text : text + "\n"
    }.joined()
  }

  /// The sections as members of one object, behind `version`.
  package var json: JSONValue {
    .object([JSONMember("version", .integer(Int64(Self.version)))] + sections.map { JSONMember($0.name, $0.json) })
  }
}
