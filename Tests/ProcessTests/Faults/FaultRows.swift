import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// A row as an independent reader finds it.
struct StoredRow: Equatable, Sendable {
  var value: [UInt8]
  var expiry: UInt32
}

extension Table {
  /// Writes `count` rows: user0, user1, …; `expiry` gives each its time.
  @LoopActor
  func fill(_ count: Int, valueSize: Int = 16, expiry: (Int) -> UInt32 = { _ in 0 }) async throws {
    let loader = RowLoader(table: self)
    var builder = PageBuilder()
    for number in 0..<count {
      let key = try PegasusKey(hashKey: Array("user\(number)".utf8), sortKey: Array("s".utf8))
      var value = Array("value \(number) ".utf8)
      value += repeatElement(UInt8(truncatingIfNeeded: number), count: max(0, valueSize - value.count))
      builder.add(key, value: value, expireTimestamp: expiry(number))
      if builder.count == 1000 { try await loader.write(builder.take()) }
    }
    try await loader.write(builder.take())
    _ = try await loader.finish()
  }

  /// Every row, by encoded key, read partition by partition.
  @LoopActor
  func everything() async throws -> [[UInt8]: StoredRow] {
    var rows: [[UInt8]: StoredRow] = [:]
    var options = ScanOptions()
    options.returnExpiry = true
    for partition in 0..<Int32(try await partitions().count) {
      let scanner = PartitionScanner(table: self, partition: partition, options: options)
      while let page = try await scanner.next() {
        for index in page.rows.indices {
          rows[page.key(at: index)] = StoredRow(
            value: page.value(at: index), expiry: page.rows[index].expireTimestamp)
        }
      }
    }
    return rows
  }
}

extension RowCounts {
  var addsUp: Bool { pending == 0 }
}
