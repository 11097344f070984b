/// What a precise count looks at.
package struct CountOptions: Sendable {
  /// Partitions to count; `nil` for all of them.
  package var partitions: [Int32]?
  package var filter = RowFilter()
  /// Also counts distinct hash keys.
  package var countsHashKeys = false
  /// Also measures the sizes of keys and values.
  package var measuresSizes = false
  /// How many of the largest rows to remember; only with `measuresSizes`.
  package var topCount = 0
  /// The time limit of one scan reply.
  package var timeout: Duration = .seconds(5)
  package var maxConcurrentPartitions = 32
  /// A partition that could not be read for this long has failed.
  package var giveUpAfter: Duration = .seconds(60)

  package init() {}

  /// Whether rows have to come here; otherwise the servers count.
  package var needsRows: Bool { filter.needsRows || countsHashKeys || measuresSizes }
}
