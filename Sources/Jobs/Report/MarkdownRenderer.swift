/// Blocks as Markdown (CommonMark, with GitHub's tables). Whatever a text contains, it is shown as it is.
enum MarkdownRenderer {
  static func render(_ blocks: [ReportBlock]) -> String {
    blocks.map(render).joined(separator: "\n")
  }

  private static func render(_ block: ReportBlock) -> String {
    switch block {
    case .heading(let level, let text): String(repeating: "#", count: level) + " \(escape(text))\n"
    case .paragraph(let text): "\(escape(text))\n"
    case .list(let items): items.map { "- \(escape($0))\n" }.joined()
    case .code(let text): code(text)
    case .table(let head, let rows):
      row(head) + row(head.map { _ in "---" }, isRaw: true) + rows.map { row($0) }.joined()
    }
  }

  private static func row(_ cells: [String], isRaw: Bool = false) -> String {
    "| " + cells.map { isRaw ? $0 : escape($0) }.joined(separator: " | ") + " |\n"
  }

  /// Between fences that are longer than any run of backticks in the text.
  private static func code(_ text: String) -> String {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\n\(ReportText.oneLine(text))\n\(fence)\n"
  }

  /// Any text on one line, so that nothing in it is taken for a mark.
  static func escape(_ text: String) -> String {
    let line = Array(ReportText.oneLine(text))
    var out = ""
    for (index, character) in line.enumerated() {
      if needsEscape(character, at: index, in: line) { out.append("\\") }
      out.append(character)
    }
    return out
  }

  private static func needsEscape(_ character: Character, at index: Int, in line: [Character]) -> Bool {
    switch character {
    case "\\", "`", "*", "[", "]", "<", "|", "~", "&": return true
    // Within a word it is no mark, and names are full of it.
    case "_": return !(isWord(line, index - 1) && isWord(line, index + 1))
    case "#", ">", "+", "-", "=": return index == 0
    // "1. " begins a list.
    case ".", ")":
      guard index + 1 == line.count || line[index + 1] == " " else { return false }
      return index > 0 && line[..<index].allSatisfy { $0.isASCII && $0.isNumber }
    default: return false
    }
  }

  private static func isWord(_ line: [Character], _ index: Int) -> Bool {
    line.indices.contains(index) && (line[index].isLetter || line[index].isNumber)
  }
}
