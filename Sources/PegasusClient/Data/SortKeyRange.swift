package import PegasusProtocol

/// A range of sort keys below one hash key. An empty `stop` means: to the end of the hash key.
package struct SortKeyRange: Sendable {
  package var start: [UInt8] = []
  package var stop: [UInt8] = []
  package var startInclusive = true
  package var stopInclusive = false
  package var filter: FilterType = .noFilter
  package var pattern: [UInt8] = []

  package init() {}
}

/// Rows of one hash key, and whether there are more than the server was willing to send at once.
package struct RowPage: Sendable {
  package struct Row: Sendable, Equatable {
    package var sortKey: [UInt8]
    package var value: [UInt8]

    package init(sortKey: [UInt8], value: [UInt8]) {
      self.sortKey = sortKey
      self.value = value
    }
  }

  package var rows: [Row]
  package var isComplete: Bool
}
