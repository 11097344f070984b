/// What Tab offers.
package struct LineCompletion: Sendable, Equatable {
  package struct Candidate: Sendable, Equatable {
    /// What replaces the typed text.
    package var text: String
    /// What a list shows.
    package var label: String
    /// Whether a blank follows when it is the only one.
    package var isFinal: Bool

    package init(text: String, label: String, isFinal: Bool) {
      self.text = text
      self.label = label
      self.isFinal = isFinal
    }
  }

  /// The bytes of the line that a candidate replaces; ends at the cursor.
  package var replaced: Range<Int>
  package var candidates: [Candidate]

  package init(replaced: Range<Int>, candidates: [Candidate]) {
    self.replaced = replaced
    self.candidates = candidates
  }

  /// The longest text that all candidates begin with.
  var commonPrefix: String {
    guard let first = candidates.first else { return "" }
    return candidates.dropFirst().reduce(first.text) { prefix, candidate in
      var common = String.UnicodeScalarView()
      for (a, b) in zip(prefix.unicodeScalars, candidate.text.unicodeScalars) {
        guard a == b else { break }
        common.append(a)
      }
      return String(common)
    }
  }

  /// The candidates as lines of columns for a list, at most `limit` of them.
  func list(columns: Int, limit: Int = 200) -> [String] {
    let labels = candidates.prefix(limit).map(\.label)
    let cell = (labels.map { DisplayWidth.of($0) }.max() ?? 0) + 2
    let perLine = max(1, (columns - 1) / max(1, cell))
    let height = (labels.count + perLine - 1) / perLine
    var lines: [String] = []
    for row in 0..<height {
      var line = ""
      for index in stride(from: row, to: labels.count, by: height) {
        line += index + height < labels.count ? DisplayWidth.padded(labels[index], to: cell) : labels[index]
      }
      lines.append(DisplayWidth.cut(line, to: columns - 1))
    }
    if candidates.count > limit { lines.append("… and \(candidates.count - limit) more") }
    return lines
  }
}
