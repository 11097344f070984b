import Bytes
import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// Reads partitions one after another, in order, and writes their rows out.
@LoopActor
final class RowScan {
  private let table: Table
  private let partitions: [Int32]
  private let options: ScanOptions
  private let filter: RowFilter
  private let layout: RowLayout
  private let isDetailed: Bool
  private let limit: Int?
  private let sink: RowSink
  /// Rows written.
  private(set) var count = 0
  /// Whether the limit ended the scan before the end was seen.
  private(set) var isCut = false

  init(
    table: Table, partitions: [Int32], options: ScanOptions, filter: RowFilter, layout: RowLayout, isDetailed: Bool,
    limit: Int?, sink: RowSink
  ) {
    self.table = table
    self.partitions = partitions
    var options = options
    if let limit, !filter.needsRows { options.batchSize = Int32(clamping: min(limit, Int(options.batchSize))) }
    options.returnExpiry = layout.showsTTL
    self.options = options
    self.filter = filter
    self.layout = layout
    self.isDetailed = isDetailed
    self.limit = limit
    self.sink = sink
  }

  /// - Throws: `ClientError` when a partition cannot be read to its end: the scan stops there
  func run() async throws {
    let appID = try await table.partitions().appID
    for partition in partitions {
      let reader = PageReader(
        PartitionScanner(table: table, partition: partition, options: options), readsAhead: limit == nil)
      do {
        while let page = try await reader.next() {
          try Task.checkCancellation()
          if layout.showsTTL, !page.rows.isEmpty, !page.hasExpiry { throw noExpiry(appID, partition) }
          let isEnough = write(page, suffix: isDetailed ? layout.suffix(origin(appID, partition)) : [])
          try sink.flushIfLarge()
          if isEnough {
            isCut = true
            reader.close()
            return
          }
        }
      } catch {
        reader.close()
        throw error
      }
    }
  }

  /// - Returns: whether the limit is reached
  private func write(_ page: ScanPage, suffix: [UInt8]) -> Bool {
    let array = page.bytes
    let bytes = array.span.bytes
    let needsRows = filter.needsRows
    for row in page.rows {
      if let limit, count >= limit { return true }
      let key = row.key(in: bytes)
      let value = row.value(in: bytes)
      let (hashKey, sortKey) = (key.hashKey, key.sortKey)
      if needsRows, !filter.accepts(hashKey: hashKey, sortKey: sortKey, value: value) { continue }
      layout.append(
        hashKey: hashKey, sortKey: sortKey, value: value, expiry: row.expireTimestamp, suffix: suffix,
        to: &sink.buffer)
      count += 1
    }
    return limit.map { count >= $0 } ?? false
  }

  /// Where the rows of a page come from: the primary as it is known now.
  private func origin(_ appID: Int32, _ partition: Int32) -> RowLayout.Origin {
    let known = table.router.table?.partitions
    let index = Int(partition)
    let primary = known.flatMap { $0.indices.contains(index) ? $0[index].primary : nil }
    return RowLayout.Origin(
      appID: appID, partitionIndex: partition, server: primary.map { "\($0)" } ?? "unknown")
  }

  private func noExpiry(_ appID: Int32, _ partition: Int32) -> ShellError {
    ShellError(
      "\(origin(appID, partition).server) does not send expiry times",
      advice: "servers before 2.3 do not know them; leave --ttl out")
  }
}
