/// A row that was not copied, and why.
package struct FailedRow: Sendable, Equatable {
  package var partition: Int32
  package var hashKey: [UInt8]
  package var sortKey: [UInt8]
  package var reason: String
}

/// The first failures in full, and how many there were by reason. Bounded, whatever goes wrong.
package struct FailureLog: Sendable {
  package private(set) var first: [FailedRow] = []
  package private(set) var countByReason: [String: Int64] = [:]
  private let limit: Int

  package init(limit: Int = 20) { self.limit = limit }

  package mutating func add(_ row: @autoclosure () -> FailedRow, reason: String) {
    if first.count < limit { first.append(row()) }
    if countByReason.count < 100 || countByReason[reason] != nil { countByReason[reason, default: 0] += 1 }
  }
}
