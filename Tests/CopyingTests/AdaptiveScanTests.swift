import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import Copying

@Suite(.serialized) struct AdaptiveScanTests {
  /// Small rows at first, then large ones, then small ones again.
  @Test @LoopActor
  func repliesHoldAsManyRowsAsFit() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 1)
      var rows: [(key: PegasusKey, value: [UInt8], expiry: UInt32)] = []
      for number in 0..<3000 {
        let size = (1000..<1100).contains(number) ? 5000 : 50
        let name = "k" + String(number + 10_000)
        rows.append(
          (try PegasusKey(hashKey: Array("h".utf8), sortKey: Array(name.utf8)), [UInt8](repeating: 1, count: size), 0))
      }
      try await table.load(rows)
      var options = ScanOptions()
      options.batchSize = 10
      options.pageBytes = 20_000
      options.largestBatch = 150
      let scanner = PartitionScanner(table: table, partition: 0, options: options)
      var (keys, sizes): ([PegasusKey], [Int]) = ([], [])
      while let page = try await scanner.next() {
        for index in page.rows.indices { keys.append(try PegasusKey(encoded: page.key(at: index))) }
        sizes.append(page.rows.count)
      }
      #expect(keys == rows.map(\.key))
      #expect(sizes.first == 10)
      #expect(sizes[1] == 150)
      #expect(sizes.max() == 150)
      #expect(sizes.contains { (2...5).contains($0) })
      // Most small rows come in large groups.
      #expect(sizes.count < 90)
    }
  }
}
