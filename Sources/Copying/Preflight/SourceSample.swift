/// What the reading of some pages of the source came to.
package struct SourceSample: Sendable, Equatable {
  /// Rows read.
  package var rows: Int64 = 0
  /// Of their keys and values.
  package var bytes: Int64 = 0
  /// From the first request to the last answer.
  package var seconds = 0.0
  /// How many partitions were read at once.
  package var partitions = 0
  /// Key and value of the largest row, in bytes.
  package var largestRow: Int64 = 0
  /// Rows that will expire.
  package var expiringRows: Int64 = 0
  /// Whether the source sends its rows' expiries (since 2.3).
  package var hasExpiry = true
  /// Whether values were read as well.
  package var hasValues = true

  package init() {}

  /// 0 before anything was read.
  package var rowsPerSecond: Double { seconds > 0 ? Double(rows) / seconds : 0 }
  /// Of keys and values; `nil` before anything was read.
  package var bytesPerRow: Double? { rows > 0 ? Double(bytes) / Double(rows) : nil }
}
