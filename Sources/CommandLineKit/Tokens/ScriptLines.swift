/// Puts the lines of a script together: a backslash at the end of a line, after a blank, continues it on the next one.
///
/// The blank is asked for so that a value that ends in a backslash stays what it was in old scripts.
package struct ScriptLines: Sendable {
  /// A command's text and the number of the line on which it begins, from 1.
  package struct Line: Sendable, Equatable {
    package var text: [UInt8]
    package var number: Int

    package init(text: [UInt8], number: Int) {
      self.text = text
      self.number = number
    }
  }

  private var pending: [UInt8] = []
  private var firstNumber = 0
  private var number = 0

  package init() {}

  /// Takes the next line, without its line feed; nil when more lines belong to it.
  package mutating func add(_ line: [UInt8]) -> Line? {
    number += 1
    var line = line[...]
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    if line.last == 0x0D { line.removeLast() }
    if firstNumber == 0 { firstNumber = number }
    let isContinued =
      line.last == UInt8(ascii: "\\") && (line.count == 1 || line.dropLast().last.map(LineScanner.isBlank) == true)
    let isComment = pending.isEmpty && line.first(where: { !LineScanner.isBlank($0) }) == UInt8(ascii: "#")
    if isContinued, !isComment {
      pending.append(contentsOf: line.dropLast())
      return nil
    }
    pending.append(contentsOf: line)
    return finish()
  }

  /// What is left at the end of the script: a last line that ended in a backslash.
  package mutating func finish() -> Line? {
    guard firstNumber > 0 else { return nil }
    defer {
      pending = []
      firstNumber = 0
    }
    return Line(text: pending, number: firstNumber)
  }
}
