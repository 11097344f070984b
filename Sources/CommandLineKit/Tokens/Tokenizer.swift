/// Splits a line into words.
///
/// Blanks separate words. `"…"` takes the escapes `\xHH \n \r \t \a \b`, and any other `\c` is `c`; in `'…'` only `\'` is
/// special; outside quotes a backslash is literal. Quoted and unquoted parts that touch are one word. `#` at the start of
/// a word begins a comment. Bytes outside ASCII are kept as they are.
package enum Tokenizer {
  /// Splits a line that holds one command. An empty line or a comment gives a statement without tokens.
  package static func statement(_ line: [UInt8]) throws(UsageError) -> Statement {
    var scanner = LineScanner(line)
    let tokens = try scanner.words(separatesCommands: false)
    return background(tokens)
  }

  /// Splits a line that holds one command. An empty line or a comment gives a statement without tokens.
  package static func statement(_ line: String) throws(UsageError) -> Statement {
    try statement(Array(line.utf8))
  }

  /// Splits the text of `-c`: commands are separated by `;` outside quotes and by line ends. Empty commands are left out.
  package static func statements(_ text: String) throws(UsageError) -> [Statement] {
    var scanner = LineScanner(Array(text.utf8))
    var list: [Statement] = []
    while !scanner.isAtEnd {
      let statement = background(try scanner.words(separatesCommands: true))
      if !statement.tokens.isEmpty { list.append(statement) }
    }
    return list
  }

  private static func background(_ tokens: [Token]) -> Statement {
    guard tokens.count > 1, let last = tokens.last, last.bytes == [UInt8(ascii: "&")], !last.isQuoted else {
      return Statement(tokens: tokens)
    }
    return Statement(tokens: tokens.dropLast(), isBackground: true, end: last.range.upperBound)
  }

  /// Splits what stands left of the cursor: the finished words and the one being typed, with an open quote allowed.
  package static func partial(_ line: [UInt8]) -> PartialLine {
    var scanner = LineScanner(line)
    var words: [Token] = []
    while true {
      scanner.skipBlanks()
      if scanner.isAtEnd { return PartialLine(words: words, current: nil, openQuote: nil, start: line.count) }
      if scanner.isAtComment { return PartialLine(words: words, current: nil, openQuote: nil, start: nil) }
      let start = scanner.position
      let word = scanner.word()
      if scanner.isAtEnd {
        return PartialLine(words: words, current: word.token, openQuote: word.openQuote, start: start)
      }
      words.append(word.token)
    }
  }
}

/// A line up to the cursor.
package struct PartialLine: Sendable, Equatable {
  /// Words followed by a blank.
  package var words: [Token]
  /// The word that the cursor touches, if any.
  package var current: Token?
  /// The quote that is still open in it.
  package var openQuote: UInt8?
  /// Where the current word begins, in bytes; nil inside a comment.
  package var start: Int?
}

/// A cursor over the bytes of a line.
struct LineScanner {
  private let line: [UInt8]
  private(set) var position = 0

  init(_ line: [UInt8]) { self.line = line }

  var isAtEnd: Bool { position >= line.count }
  var isAtComment: Bool { !isAtEnd && line[position] == UInt8(ascii: "#") }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  mutating func skipBlanks(stopAtLineEnd: Bool = false) {
    while !isAtEnd, Self.isBlank(line[position]), !(stopAtLineEnd && line[position] == 0x0A) { position += 1 }
  }

  /// The words up to the end, or up to and past the next separator.
  mutating func words(separatesCommands: Bool) throws(UsageError) -> [Token] {
    var list: [Token] = []
    while true {
      skipBlanks(stopAtLineEnd: separatesCommands)
      if isAtEnd { return list }
      if separatesCommands, line[position] == UInt8(ascii: ";") || line[position] == 0x0A {
        position += 1
        return list
      }
      if isAtComment {
        while !isAtEnd, !(separatesCommands && line[position] == 0x0A) { position += 1 }
        continue
      }
      let start = position
      let word = word(separatesCommands: separatesCommands)
      if let quote = word.openQuote {
        throw UsageError(
          "the quote \(quote == UInt8(ascii: "'") ? "'" : "\"") that opens here is not closed", kind: .syntax,
          column: column(of: word.quoteStart ?? start))
      }
      list.append(word.token)
    }
  }

  /// One word from a position that is neither blank nor the end.
  mutating func word(
    separatesCommands: Bool = false
  ) -> (token: Token, openQuote: UInt8?, quoteStart: Int?) {
    let start = position
    var bytes: [UInt8] = []
    var isQuoted = false
    while !isAtEnd {
      let byte = line[position]
      if Self.isBlank(byte) || (separatesCommands && byte == UInt8(ascii: ";")) { break }
      guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") else {
        bytes.append(byte)
        position += 1
        continue
      }
      isQuoted = true
      let quoteStart = position
      position += 1
      guard quoted(by: byte, into: &bytes) else {
        return (Token(bytes: bytes, isQuoted: true, range: start..<position), byte, quoteStart)
      }
    }
    return (Token(bytes: bytes, isQuoted: isQuoted, range: start..<position), nil, nil)
  }

  /// Reads up to and past the closing quote; false when there is none.
  private mutating func quoted(by quote: UInt8, into bytes: inout [UInt8]) -> Bool {
    while !isAtEnd {
      let byte = line[position]
      position += 1
      if byte == quote { return true }
      guard byte == UInt8(ascii: "\\"), !isAtEnd else {
        bytes.append(byte)
        continue
      }
      let escaped = line[position]
      if quote == UInt8(ascii: "'") {
        if escaped == quote {
          bytes.append(quote)
          position += 1
        } else {
          bytes.append(byte)
        }
      } else {
        let (value, length) = ByteEscaping.unescapeOne(line[position...])
        bytes.append(value)
        position += length
      }
    }
    return false
  }

  /// A byte offset as a column for people: from 1, in characters.
  private func column(of offset: Int) -> Int {
    line[..<offset].count { $0 & 0xC0 != 0x80 } + 1
  }
}
