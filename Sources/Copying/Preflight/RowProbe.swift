import EventLoop
import PegasusClient
import PegasusProtocol

/// Looks whether a table has rows that a copy is about: one small reply per partition at first, a few more where other
/// rows are in the way.
@LoopActor
final class RowProbe {
  /// Replies asked of one partition.
  private static let maxPages = 4
  /// Partitions asked at once.
  private static let maxConcurrent = 64

  private let table: Table
  private let filter: RowFilter
  /// Partitions of the source of the copy, with their count; `nil` when all of them are copied.
  private let part: (chosen: Set<Int32>, of: Int)?
  private let limit: Duration
  private var isFound = false
  private var rowsLookedAt = 0
  private var isExhaustive = true

  /// - Parameters:
  ///   - filter: rows that it leaves out are not meant; values are not looked at
  ///   - part: the source partitions of the copy and how many the source has, when it is not all of them
  ///   - limit: for the reply of one partition
  init(_ table: Table, filter: RowFilter, part: (chosen: Set<Int32>, of: Int)?, limit: Duration) {
    self.table = table
    self.filter = RowFilter(hashKey: filter.hashKey, sortKey: filter.sortKey)
    self.part = part
    self.limit = limit
  }

  /// - Throws: `ClientError` when a partition does not answer and no row was found elsewhere
  func run() async throws(ClientError) -> PreflightSide.Presence {
    let candidates = try await candidates()
    let failure = await withTaskGroup(of: ClientError?.self) { group in
      var failure: ClientError?
      var next = 0
      var running = 0
      while true {
        while running < Self.maxConcurrent, next < candidates.count, !isFound {
          let partition = candidates[next]
          group.addTask(executorPreference: EventLoop.shared.taskExecutor) { await self.look(at: partition) }
          next += 1
          running += 1
        }
        guard running > 0, let result = await group.next() else { return failure }
        running -= 1
        failure = failure ?? result
        if isFound { group.cancelAll() }
      }
    }
    if isFound { return .found }
    if let failure { throw failure }
    return isExhaustive ? .absent : .notSeen(rowsLookedAt: rowsLookedAt)
  }

  /// Partitions that can hold such rows: hash modulo count decides on both sides, so that counts of which one divides the
  /// other leave few.
  private func candidates() async throws(ClientError) -> [Int32] {
    let count = try await table.partitions().count
    let all = (0..<Int32(count)).map { $0 }
    guard let part, part.of > 0 else { return all }
    if count.isMultiple(of: part.of) { return all.filter { part.chosen.contains($0 % Int32(part.of)) } }
    if part.of.isMultiple(of: count) {
      let possible = Set(part.chosen.map { $0 % Int32(count) })
      return all.filter(possible.contains)
    }
    return all
  }

  private func look(at partition: Int32) async -> ClientError? {
    var options = ScanOptions()
    options.noValue = true
    options.batchSize = part == nil && !filter.needsRows ? 1 : 200
    options.replyLimit = limit
    options.pageLimit = limit
    options.setFilter(filter)
    let scanner = PartitionScanner(table: table, partition: partition, options: options)
    do throws(ClientError) {
      for _ in 0..<Self.maxPages {
        guard let page = try await scanner.next() else { return nil }
        if holds(page) {
          isFound = true
          scanner.close()
          return nil
        }
      }
      isExhaustive = false
      scanner.close()
      return nil
    } catch {
      return error
    }
  }

  private func holds(_ page: ScanPage) -> Bool {
    rowsLookedAt += page.rows.count
    let array = page.bytes
    let bytes = array.span.bytes
    for row in page.rows {
      let key = row.key(in: bytes)
      guard filter.accepts(hashKey: key.hashKey, sortKey: key.sortKey, value: row.value(in: bytes)) else { continue }
      guard let part else { return true }
      if part.chosen.contains(PartitionHash.index(of: key.partitionHash, count: Int32(part.of))) { return true }
    }
    return false
  }
}
