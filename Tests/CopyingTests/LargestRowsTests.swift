import Testing

@testable import Copying

@Suite struct LargestRowsTests {
  private func sizes(_ limit: Int, _ sizes: [Int]) -> [Int] {
    var largest = LargestRows(limit: limit)
    for size in sizes { largest.add(size: size) { LargestRows.Row(hashKey: [], sortKey: [], size: size) } }
    return largest.rows.map(\.size)
  }

  /// The old shell threw the largest out and kept 10, 5 and 1 of these.
  @Test func theLargestAreKept() { #expect(sizes(3, [5, 1, 9, 7, 8, 6, 10, 2]) == [10, 9, 8]) }

  @Test func noneAreKeptWhenNoneAreWanted() { #expect(sizes(0, [5, 1]) == []) }

  @Test func fewerThanWantedAreAllKept() { #expect(sizes(5, [1, 3, 2]) == [3, 2, 1]) }

  @Test func mergingKeepsTheLargestOfBoth() {
    var (left, right) = (LargestRows(limit: 2), LargestRows(limit: 2))
    for size in [1, 9] { left.add(size: size) { LargestRows.Row(hashKey: [], sortKey: [], size: size) } }
    for size in [7, 8] { right.add(size: size) { LargestRows.Row(hashKey: [], sortKey: [], size: size) } }
    left.merge(right)
    #expect(left.rows.map(\.size) == [9, 8])
  }
}
