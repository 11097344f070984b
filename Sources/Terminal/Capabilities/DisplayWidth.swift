/// How many columns text takes on a terminal.
package enum DisplayWidth {
  /// The columns of a text; escape sequences take none.
  package static func of(_ text: String) -> Int {
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text.utf8.count }
    var total = 0
    var sequence = SequenceFilter()
    for scalar in text.unicodeScalars where !sequence.swallows(scalar) { total += of(scalar) }
    return total
  }

  /// The columns of one scalar: 0 for control and combining characters, 2 for wide ones.
  package static func of(_ scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x20 || (0x7F..<0xA0).contains(value) { return 0 }
    if value < 0x300 { return value == 0xAD ? 0 : 1 }
    if isWide(value) { return 2 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .lineSeparator, .paragraphSeparator: return 0
    default: return (0x1160...0x11FF).contains(value) ? 0 : 1
    }
  }

  /// The beginning of a text that fits in a number of columns. Escape sequences are kept whole, those behind the cut too,
  /// so that colours end.
  package static func cut(_ text: String, to columns: Int) -> String {
    if of(text) <= columns { return text }
    var out = String.UnicodeScalarView()
    var used = 0
    var isFull = false
    var sequence = SequenceFilter()
    for scalar in text.unicodeScalars {
      if sequence.swallows(scalar) {
        out.append(scalar)
        continue
      }
      let width = of(scalar)
      if used + width > columns { isFull = true }
      if isFull { continue }
      used += width
      out.append(scalar)
    }
    return String(out)
  }

  /// As `cut`, with a mark where something is missing: half a number looks like another one.
  package static func shortened(_ text: String, to columns: Int) -> String {
    of(text) <= columns ? text : cut(text, to: columns - 1) + "…"
  }

  /// The text with blanks up to a number of columns, on its right or left.
  package static func padded(_ text: String, to columns: Int, onLeft: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, columns - of(text)))
    return onLeft ? blanks + text : text + blanks
  }

  private static func isWide(_ value: UInt32) -> Bool {
    guard value >= 0x1100 else { return false }
    var (low, high) = (0, wide.count - 1)
    while low <= high {
      let middle = (low + high) / 2
      if value < wide[middle].lowerBound {
        high = middle - 1
      } else if value > wide[middle].upperBound {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }

  /// Scalars of two columns (East Asian Width W and F), in order.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0, 0x23F3...0x23F3,
    0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F, 0x2693...0x2693, 0x26A1...0x26A1,
    0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
    0x26F2...0x26F3, 0x26F5...0x26F5, 0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B,
    0x2728...0x2728, 0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55, 0x2E80...0x303E,
    0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F004...0x1F004,
    0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
    0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0, 0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E,
    0x1F440...0x1F440, 0x1F442...0x1F4FC, 0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567, 0x1F57A...0x1F57A,
    0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5, 0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2,
    0x1F6D5...0x1F6D7, 0x1F6DC...0x1F6DF, 0x1F6EB...0x1F6EC, 0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7EB, 0x1F7F0...0x1F7F0,
    0x1F90C...0x1F93A, 0x1F93C...0x1F945, 0x1F947...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
  ]
}

/// Recognises `ESC [ … letter`, scalar by scalar.
struct SequenceFilter {
  private enum State { case text, escape, parameters }
  private var state = State.text

  /// Whether the scalar belongs to an escape sequence.
  mutating func swallows(_ scalar: Unicode.Scalar) -> Bool {
    switch state {
    case .text:
      if scalar == "\u{1B}" { state = .escape }
      return scalar == "\u{1B}"
    case .escape:
      state = scalar == "[" ? .parameters : .text
      return true
    case .parameters:
      if (0x40...0x7E).contains(scalar.value) { state = .text }
      return true
    }
  }
}
