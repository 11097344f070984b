package import EventLoop

/// How many rows the storage engines of a table estimate to have. Expired, overwritten and deleted rows are among them
/// until compaction drops them.
@LoopActor
package struct RowEstimate {
  static let metric = "rdb_estimated_keys"
  private let table: Table

  package init(_ table: Table) { self.table = table }

  /// The estimate for each partition, in order.
  ///
  /// - Throws: `ClientError` when a primary could not be asked, or does not tell
  package func byPartition() async throws(ClientError) -> [(partition: Int32, rows: Int64)] {
    let known = try await table.partitions()
    let action = table.phrase("estimate the rows", "of")
    let metrics = try await PrimaryMetrics.read(
      [Self.metric], of: table, limit: table.cluster.options.serverTimeout, action: action)
    if let error = metrics.failures.first { throw error }
    let estimates = metrics.values.compactMapValues { $0[Self.metric].map(Self.rows) }
    guard estimates.count == known.count else {
      throw ClientError(
        .invalid("only \(estimates.count) of \(known.count) partitions have an estimate"), while: action)
    }
    return (0..<Int32(known.count)).map { ($0, estimates[$0] ?? 0) }
  }

  /// The estimate for some partitions together; `nil` when it cannot be had.
  ///
  /// - Throws: `ClientError` only when cancelled
  package func rows(of partitions: [Int32]) async throws(ClientError) -> Int64? {
    do throws(ClientError) {
      let wanted = Set(partitions)
      return try await byPartition().reduce(0) { $0 + (wanted.contains($1.partition) ? $1.rows : 0) }
    } catch {
      if error.isCancellation { throw error }
      return nil
    }
  }

  /// A number of rows from what a server wrote.
  static func rows(_ value: Double) -> Int64 { Int64(max(0, min(value, 1e18))) }
}
