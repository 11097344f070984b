import Copying
import EventLoop
import PegasusClient

/// Reads the pages of one partition: ahead of its consumer, or page by page when the consumer may stop before the end, so
/// that nothing is asked for in vain and the server's scan context can be cleared.
@LoopActor
struct PageReader {
  private let scanner: PartitionScanner
  private let ahead: PartitionReader?

  init(_ scanner: PartitionScanner, readsAhead: Bool) {
    self.scanner = scanner
    ahead = readsAhead ? PartitionReader(scanner) : nil
  }

  /// - Returns: `nil` after the last page
  /// - Throws: `ClientError`
  func next() async throws(ClientError) -> ScanPage? {
    if let ahead { return try await ahead.next() }
    return try await scanner.next()
  }

  /// Gives up the rest and tells the server so.
  func close() {
    if let ahead { ahead.close() } else { scanner.close() }
  }
}
