import Bytes
import PegasusClient
import PegasusProtocol

/// Which rows take part in a verify. Both sides choose alike, since only the row itself decides.
struct RowChoice {
  var filter = RowFilter()
  /// About one row in so many.
  var sample: UInt64 = 1
  /// Only rows that belong to these partitions of this table.
  var home: (table: PartitionTable, partitions: Set<Int32>)?

  /// Whether it is one of the sample.
  func samples(_ row: ScanPage.Row, in bytes: [UInt8]) -> Bool {
    sample <= 1 || Self.isChosen(row.key(in: bytes.span.bytes).encoded, oneIn: sample)
  }

  /// Whether it may take part, were everything compared.
  func accepts(_ row: ScanPage.Row, in bytes: [UInt8]) -> Bool {
    let key = row.key(in: bytes.span.bytes)
    if let home, !home.partitions.contains(home.table.index(for: key.partitionHash)) { return false }
    guard filter.needsRows else { return true }
    return filter.accepts(hashKey: key.hashKey, sortKey: key.sortKey, value: row.value(in: bytes.span.bytes))
  }

  /// The checksum is stirred, because its remainders also decide the partition of a key without a hash key.
  static func isChosen(_ key: RawSpan, oneIn sample: UInt64) -> Bool {
    var hash = CRC64.checksum(key)
    hash = (hash ^ (hash >> 31)) &* 0x9e37_79b9_7f4a_7c15
    return (hash ^ (hash >> 29)) % sample == 0
  }
}
