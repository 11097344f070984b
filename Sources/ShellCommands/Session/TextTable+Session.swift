import JSON
package import Terminal

extension TextTable {
  /// A section of keys and values.
  package static func fields(_ name: String, _ fields: KeyValuePairs<String, Cell>) -> TextTable {
    TextTable(name, pairs: fields.map { ($0.key, $0.value) })
  }

  /// A section of rows.
  package static func rows(_ name: String, _ columns: [Column], _ rows: [[Cell]]) -> TextTable {
    var table = TextTable(name, columns: columns)
    for row in rows { table.add(row: row) }
    return table
  }
}

extension TextTable.Column: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
  /// A column of numbers that are compared by eye.
  package static func right(_ name: String) -> TextTable.Column { TextTable.Column(name, .right) }
}

extension Cell {
  /// `[a,b]`, and a list in JSON.
  package static func list(_ items: [String]) -> Cell {
    .typed("[" + items.joined(separator: ",") + "]", .strings(items))
  }
}
