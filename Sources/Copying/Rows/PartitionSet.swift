/// Partitions as an operator names them: "0-31,40". At least one, sorted, each once.
package struct PartitionSet: Sendable, Equatable, CustomStringConvertible {
  /// Why a text names no partitions.
  package struct Invalid: Error, Equatable, CustomStringConvertible {
    package var description: String
  }

  /// No table has partitions above it.
  package static let largest: Int32 = (1 << 20) - 1

  package let numbers: [Int32]

  /// - Throws: `Invalid`; whether a table has these partitions is not known here
  package init(_ text: String) throws(Invalid) {
    var numbers: Set<Int32> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let range = try Self.range(part)
      numbers.formUnion(range)
    }
    self.numbers = numbers.sorted()
  }

  private static func range(_ part: Substring) throws(Invalid) -> ClosedRange<Int32> {
    let part = trimmed(part)
    if part.first == "-" { throw Invalid(description: "a partition should not be below 0, as \(part) is") }
    let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = ends.first, let last = ends.last else { throw notOne(part) }
    let (low, high) = (try number(first, in: part), try number(last, in: part))
    guard low <= high else { throw Invalid(description: "\(part) runs backwards") }
    return low...high
  }

  private static func number(_ text: Substring, in part: Substring) throws(Invalid) -> Int32 {
    let digits = trimmed(text)
    // A leading 0 means octal elsewhere: neither reading of it is taken.
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      digits.count == 1 || digits.first != "0"
    else { throw notOne(part) }
    guard let number = Int32(digits), number <= largest else {
      throw Invalid(description: "there is no partition \(digits): a table has no more than \(largest + 1)")
    }
    return number
  }

  private static func notOne(_ part: Substring) -> Invalid {
    Invalid(description: "partitions are expected, as in 0-31,40, not '\(part)'")
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0 == " " }
    guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
    return start[...last]
  }

  /// The shortest text that names them.
  package var description: String {
    var parts: [String] = []
    var index = 0
    while index < numbers.count {
      var end = index
      while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
      parts.append(end == index ? "\(numbers[index])" : "\(numbers[index])-\(numbers[end])")
      index = end + 1
    }
    return parts.joined(separator: ",")
  }
}
