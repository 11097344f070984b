/// The largest rows seen so far, largest first; no more of them than asked for.
package struct LargestRows: Sendable {
  package struct Row: Sendable, Equatable {
    package var hashKey: [UInt8]
    package var sortKey: [UInt8]
    /// Bytes of hash key, sort key and value.
    package var size: Int
  }

  package private(set) var rows: [Row] = []
  private let limit: Int

  package init(limit: Int) { self.limit = max(limit, 0) }

  /// The row is made only when it is large enough to be kept.
  package mutating func add(size: Int, _ row: () -> Row) {
    guard limit > 0 else { return }
    if rows.count == limit, let last = rows.last, size <= last.size { return }
    let position = rows.firstIndex { $0.size < size } ?? rows.count
    rows.insert(row(), at: position)
    if rows.count > limit { rows.removeLast() }
  }

  package mutating func merge(_ other: LargestRows) {
    for row in other.rows { add(size: row.size) { row } }
  }
}
