internal import CTerminfo
import Glibc

/// What the terminal of this process can do, read once from its terminfo description.
package struct Terminfo: Sendable {
  /// Whether $TERM names a terminal that can move its cursor; false for `dumb` and for an unknown name.
  package let canMoveCursor: Bool
  /// Whether the name in $TERM is known at all.
  package let isKnown: Bool
  /// 0 without colours.
  package let colours: Int
  package let clearToEndOfLine: String
  package let clearToEndOfScreen: String
  package let hideCursor: String
  package let showCursor: String
  package let saveCursor: String
  package let restoreCursor: String

  /// The description of $TERM, or one that can do nothing.
  package static let current = Terminfo(name: getenv("TERM").map { String(cString: $0) } ?? "")

  init(name: String) {
    isKnown = !name.isEmpty && ct_setup(name, STDERR_FILENO)
    let isKnown = isKnown
    func text(_ capability: String) -> String {
      guard isKnown, let value = ct_string(capability) else { return "" }
      return Terminfo.withoutPadding(String(cString: value))
    }
    colours = isKnown ? max(0, Int(ct_number("colors"))) : 0
    clearToEndOfLine = text("el")
    clearToEndOfScreen = text("ed")
    hideCursor = text("civis")
    showCursor = text("cnorm")
    saveCursor = text("sc")
    restoreCursor = text("rc")
    canMoveCursor = name != "dumb" && !clearToEndOfLine.isEmpty && !text("cuu").isEmpty && !text("cr").isEmpty
  }

  /// The sequence that moves the cursor up; empty for 0 lines.
  package func up(_ lines: Int) -> String { lines > 0 ? "\u{1B}[\(lines)A" : "" }

  /// The sequence that moves the cursor down; empty for 0 lines.
  package func down(_ lines: Int) -> String { lines > 0 ? "\u{1B}[\(lines)B" : "" }

  /// `$<5>` in a capability asks for a pause that no terminal of today needs.
  private static func withoutPadding(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "$<") {
      out += rest[..<start.lowerBound]
      guard let end = rest[start.upperBound...].firstIndex(of: ">") else { return out }
      rest = rest[rest.index(after: end)...]
    }
    return out + rest
  }
}

extension Substring {
  /// The first place of a two-character text.
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var position = startIndex
    while position < endIndex {
      if self[position...].hasPrefix(text) { return position..<index(position, offsetBy: text.count) }
      position = index(after: position)
    }
    return nil
  }
}
