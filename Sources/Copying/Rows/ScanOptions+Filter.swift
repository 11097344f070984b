import PegasusClient
import PegasusProtocol

extension ScanOptions {
  /// Hands the server the part of a filter that it can decide.
  mutating func setFilter(_ filter: RowFilter) {
    if let hash = filter.hashKey {
      hashKeyFilter = hash.serverType
      hashKeyPattern = hash.pattern
    }
    if let sort = filter.sortKey {
      sortKeyFilter = sort.serverType
      sortKeyPattern = sort.pattern
    }
  }
}
