/// How far one source partition is done for good: where a later run of the same job goes on.
package struct PartitionCheckpoint: Sendable, Equatable {
  package var partition: Int32
  /// The full key up to which, this row included, every row is decided and none has failed; `nil` before the first.
  package var position: [UInt8]?
  /// What became of exactly those rows. When rows are deleted, of all rows deleted: they will not be met again.
  package var counts: RowCounts
  /// Bytes of keys and values of the rows copied among them.
  package var bytes: Int64
  /// The partition was read to its end, and every row of it is decided.
  package var isFinished: Bool

  /// - Parameter position: as `PegasusKey.encoded`; `nil` for a partition that has not begun
  package init(
    partition: Int32, position: [UInt8]? = nil, counts: RowCounts = RowCounts(), bytes: Int64 = 0,
    isFinished: Bool = false
  ) {
    self.partition = partition
    self.position = position
    self.counts = counts
    self.bytes = bytes
    self.isFinished = isFinished
  }
}
