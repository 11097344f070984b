package import EventLoop
package import RPC

/// How much the storage engines of a table estimate to hold: rows, and bytes as they lie on the disk of one replica.
@LoopActor
package struct StorageEstimate {
  /// One partition, as its primary tells it.
  package struct Partition: Sendable, Equatable {
    /// Its index.
    package var index: Int32
    /// The server that was asked; `nil` when there is none.
    package var primary: NodeAddress?
    /// As in `RowEstimate`; `nil` when it is not known.
    package var rows: Int64?
    /// In files (compressed) and in memory; files count in steps of 1 MiB. `nil` when it is not known.
    package var bytes: Int64?

    package init(index: Int32, primary: NodeAddress?, rows: Int64?, bytes: Int64?) {
      self.index = index
      self.primary = primary
      self.rows = rows
      self.bytes = bytes
    }
  }

  private static let files = "rdb_total_sst_size_mb"
  private static let memory = "rdb_memtable_mem_usage_bytes"
  private let table: Table

  package init(_ table: Table) { self.table = table }

  /// All partitions in order, with what could be found out.
  ///
  /// - Parameter limit: for the answer of one server; `nil` for the client's default
  /// - Throws: `ClientError` when the table cannot be looked up
  package func byPartition(limit: Duration? = nil) async throws(ClientError) -> [Partition] {
    let known = try await table.partitions()
    let metrics = try await PrimaryMetrics.read(
      [RowEstimate.metric, Self.files, Self.memory], of: table, limit: limit ?? table.cluster.options.serverTimeout,
      action: table.phrase("estimate the size", "of"))
    return known.partitions.map { partition in
      let found = metrics.values[partition.index] ?? [:]
      let bytes = found[Self.files].map { $0 * 1_048_576 + (found[Self.memory] ?? 0) }
      return Partition(
        index: partition.index, primary: partition.primary, rows: found[RowEstimate.metric].map(RowEstimate.rows),
        bytes: bytes.map(RowEstimate.rows))
    }
  }
}
