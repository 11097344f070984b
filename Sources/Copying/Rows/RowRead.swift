import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol

/// One row as a direct look finds it.
struct RowRead {
  var value: [UInt8]
  /// Seconds of Pegasus' epoch; 0 for a row that does not expire.
  var expiry: UInt32
  /// Whether the server said when the row expires (Pegasus 2.3 and later).
  var hasExpiry: Bool

  var look: RowLook { RowLook(value: value.span.bytes, expiry: expiry) }

  /// Reads a row with its expiry: a scan from the key to itself, since a get does not say when a row expires.
  ///
  /// - Parameters:
  ///   - timeout: of one attempt
  ///   - patience: of all attempts together
  /// - Throws: `ClientError`
  @LoopActor
  static func find(
    _ key: PegasusKey, in table: Table, timeout: Duration, patience: Duration
  ) async throws(ClientError) -> RowRead? {
    var scan = ScanOptions()
    scan.returnExpiry = true
    scan.start = key
    scan.stop = key
    scan.stopInclusive = true
    scan.replyLimit = timeout
    scan.pageLimit = patience
    let partition = try await table.partitions().index(for: key.partitionHash)
    let scanner = PartitionScanner(table: table, partition: partition, options: scan)
    while let page = try await scanner.next() {
      guard let row = page.rows.first else { continue }
      scanner.close()
      return RowRead(value: page.value(at: 0), expiry: row.expireTimestamp, hasExpiry: page.hasExpiry)
    }
    return nil
  }
}
