/// One word of a line after quotes and escapes are resolved: any bytes.
package struct Token: Sendable, Equatable, CustomStringConvertible {
  package var bytes: [UInt8]
  /// Whether any part of it was quoted; such a word is never taken for an unknown option.
  package var isQuoted: Bool
  /// Where the word stands in the line, in bytes.
  package var range: Range<Int>

  package init(bytes: [UInt8], isQuoted: Bool = false, range: Range<Int> = 0..<0) {
    self.bytes = bytes
    self.isQuoted = isQuoted
    self.range = range
  }

  package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  /// The word as text; bytes that are not UTF-8 become replacement characters.
  package var text: String { String(decoding: bytes, as: UTF8.self) }
  package var description: String { text }
}

/// One command of a line.
package struct Statement: Sendable, Equatable {
  package var tokens: [Token]
  /// Whether the line ended in a lone `&`: run it as a job in the background.
  package var isBackground: Bool
  /// Where it ends in the line, the `&` included, in bytes.
  package var end: Int

  package init(tokens: [Token], isBackground: Bool = false, end: Int? = nil) {
    self.tokens = tokens
    self.isBackground = isBackground
    self.end = end ?? tokens.last?.range.upperBound ?? 0
  }
}
