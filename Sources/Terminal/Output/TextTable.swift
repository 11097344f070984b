package import JSON

/// Rows under column heads, or keys with values: one `[section]` of a report, laid out as the old shell does it.
package struct TextTable: Sendable {
  package enum Alignment: Sendable { case left, right }

  /// How the rows of a table with columns appear in JSON.
  package enum JSONShape: Sendable {
    /// An object with the first cell of each row as key, as the old shell has it.
    case keyed
    /// A list: where first cells repeat or are empty.
    case list
  }

  package struct Column: Sendable {
    package var name: String
    package var alignment: Alignment

    package init(_ name: String, _ alignment: Alignment = .left) {
      self.name = name
      self.alignment = alignment
    }
  }

  private enum Content: Sendable {
    case pairs([(key: String, value: Cell)])
    case rows(columns: [Column], rows: [[Cell]], shape: JSONShape)
  }

  /// Blanks behind every column, the last one included.
  package static let gap = 2

  /// The section's title and its key in JSON; empty: no title.
  package let name: String
  private var content: Content

  /// A section of keys and values.
  package init(_ name: String, pairs: [(String, Cell)] = []) {
    self.name = name
    content = .pairs(pairs.map { ($0.0, $0.1) })
  }

  /// A section with columns.
  package init(_ name: String, columns: [Column], json: JSONShape = .keyed) {
    self.name = name
    content = .rows(columns: columns, rows: [], shape: json)
  }

  /// A section with left-aligned columns.
  package init(_ name: String, columns: [String], json: JSONShape = .keyed) {
    self.init(name, columns: columns.map { Column($0) }, json: json)
  }

  /// Adds a key and its value. In a table with columns it makes a row of two cells.
  package mutating func add(_ key: String, _ value: Cell) {
    guard case .pairs(var pairs) = content else { return add(row: [.text(key), value]) }
    pairs.append((key, value))
    content = .pairs(pairs)
  }

  /// Adds a row; missing cells are empty, and there is no place for more than there are columns.
  package mutating func add(row cells: [Cell]) {
    switch content {
    case .pairs(var pairs):
      guard let key = cells.first else { return }
      pairs.append((key.text, cells.dropFirst().first ?? .text("")))
      content = .pairs(pairs)
    case .rows(let columns, var rows, let shape):
      content = .pairs([])
      rows.append(
        Array(cells.prefix(columns.count)) + Array(repeating: .text(""), count: max(0, columns.count - cells.count)))
      content = .rows(columns: columns, rows: rows, shape: shape)
    }
  }

  package var isEmpty: Bool {
    switch content {
    case .pairs(let pairs): return pairs.isEmpty
    case .rows(let columns, let rows, _): return columns.isEmpty || rows.isEmpty
    }
  }

  /// The section as text: title and rows, each with its line feed; nothing at all for a section without rows.
  package func text(style: Style = .plain) -> String {
    guard !isEmpty else { return "" }
    var out = name.isEmpty ? "" : style(.heading, "[\(name)]") + "\n"
    switch content {
    case .pairs(let pairs):
      let keyWidth = (pairs.map { DisplayWidth.of($0.key) }.max() ?? 0) + Self.gap
      let values = pairs.map(\.value.text)
      let valueWidth = values.map { DisplayWidth.of($0) }.max() ?? 0
      for (pair, value) in zip(pairs, values) {
        out += DisplayWidth.padded(pair.key, to: keyWidth) + ": " + DisplayWidth.padded(value, to: valueWidth) + "\n"
      }
    case .rows(let columns, let rows, _):
      let lines = [columns.map(\.name)] + rows.map { $0.map(\.text) }
      let widths = columns.indices.map { index in (lines.map { DisplayWidth.of($0[index]) }.max() ?? 0) + Self.gap }
      for (number, line) in lines.enumerated() {
        var text = ""
        for (index, cell) in line.enumerated() {
          // Nothing else would stand between the two.
          if index > 0, columns[index].alignment == .left, columns[index - 1].alignment == .right { text += "  " }
          text += DisplayWidth.padded(cell, to: widths[index], onLeft: columns[index].alignment == .right)
        }
        out += (number == 0 ? style(.strong, text) : text) + "\n"
      }
    }
    return out
  }

  /// The section as a JSON value.
  package var json: JSONValue {
    switch content {
    case .pairs(let pairs):
      return .object(pairs.map { JSONMember($0.key, $0.value.json) })
    case .rows(let columns, let rows, let shape):
      let objects = rows.map { row in
        JSONValue.object(zip(columns, row).map { JSONMember($0.name, $1.json) })
      }
      guard shape == .keyed else { return .array(objects) }
      var seen: [String: Int] = [:]
      return .object(
        zip(rows, objects).map { row, object in
          let first = row.first?.text ?? ""
          let key = first.isEmpty ? "total" : first
          seen[key, default: 0] += 1
          let count = seen[key] ?? 1
          return JSONMember(count == 1 ? key : "\(key)#\(count)", object)
        })
    }
  }
}
