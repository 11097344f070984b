/// What one partition of the source holds, and who serves it.
package struct PartitionLoad: Sendable, Equatable {
  /// Its index.
  package var partition: Int32
  /// Rows to be copied; an estimate.
  package var rows: Int64
  /// Of their keys and values; an estimate.
  package var bytes: Int64
  /// Its primary: "host:port".
  package var server: String

  package init(partition: Int32, rows: Int64, bytes: Int64, server: String) {
    self.partition = partition
    self.rows = rows
    self.bytes = bytes
    self.server = server
  }
}
