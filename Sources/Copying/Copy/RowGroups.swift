/// Rows of a page sorted by where they go. Reused page after page; pure.
struct RowGroups {
  private var rows: [Int32] = []
  private var groups: [Int32] = []
  /// Of each group: one behind its last place in the order.
  private var ends: [Int32] = []

  /// Rows added.
  var count: Int { rows.count }
  /// Groups there may be; to be set while there are no rows.
  private(set) var groupCount = 0

  /// Forgets all rows.
  mutating func begin(groupCount: Int) {
    rows.removeAll(keepingCapacity: true)
    groups.removeAll(keepingCapacity: true)
    self.groupCount = groupCount
  }

  /// - Parameter group: below `groupCount`
  mutating func add(row: Int, to group: Int) {
    rows.append(Int32(truncatingIfNeeded: row))
    groups.append(Int32(truncatingIfNeeded: group))
  }

  /// All rows, group by group, each group in the order in which its rows were added; then `places` tells where it lies.
  mutating func sorted() -> [Int32] {
    ends.removeAll(keepingCapacity: true)
    ends.append(contentsOf: repeatElement(0, count: groupCount))
    for group in groups { ends[Int(group)] += 1 }
    var start: Int32 = 0
    for group in 0..<groupCount {
      let size = ends[group]
      // Moves on to the group's end as its rows are laid down.
      ends[group] = start
      start += size
    }
    var order = [Int32](repeating: 0, count: rows.count)
    for index in rows.indices {
      let group = Int(groups[index])
      order[Int(ends[group])] = rows[index]
      ends[group] += 1
    }
    return order
  }

  /// Where a group lies in what `sorted` gave.
  func places(of group: Int) -> Range<Int> { (group == 0 ? 0 : Int(ends[group - 1]))..<Int(ends[group]) }
}
