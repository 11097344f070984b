/// What a verify compares, and how often it looks again at what differs.
package struct VerifyOptions: Sendable {
  /// The source partitions to compare; `nil` for all of them. Of the target, the rows that belong to them.
  package var partitions: [Int32]?
  package var filter = RowFilter()
  /// Expiries are not compared.
  package var ignoresExpiry = false
  /// How many seconds two expiries may be apart.
  package var expiryTolerance: UInt32 = 1
  /// About one in so many rows is compared; 1 for all of them.
  package var sample: UInt64 = 1
  /// How often differing rows are looked at again; 0: the first look decides.
  package var rounds = 3
  /// The pause before each further look.
  package var delay: Duration = .seconds(2)
  /// Differing rows that are remembered and looked at again; what is beyond is counted only.
  package var limit = 100_000
  /// Bytes of the keys of those rows, which is a limit as well.
  package var keyLimit = 64 << 20
  /// The most rows in one scan reply; each partition of both tables holds up to two replies.
  package var scanBatchSize: Int32 = 500
  /// Bytes that the replies of all partitions may hold together: larger rows are asked for in smaller replies.
  package var memoryLimit = 256 << 20
  /// Rows read in a second, both tables together; `nil` for no limit.
  package var maxRowsPerSecond: Double?
  /// Differing rows that are read at once.
  package var maxConcurrentLooks = 32
  /// The time limit of one scan reply.
  package var timeout: Duration = .seconds(5)
  /// A partition or row that could not be read for this long is unreadable.
  package var giveUpAfter: Duration = .seconds(60)

  package init() {}

  package var expiry: ExpiryRule { ExpiryRule(isIgnored: ignoresExpiry, tolerance: expiryTolerance) }
}
