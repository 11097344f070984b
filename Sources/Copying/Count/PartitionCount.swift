import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol

/// What a precise count has found so far.
package struct CountFindings: Sendable {
  package var rows: Int64 = 0
  package var hashKeys: Int64 = 0
  package var hashKeySizes = SizeHistogram()
  package var sortKeySizes = SizeHistogram()
  package var valueSizes = SizeHistogram()
  package var rowSizes = SizeHistogram()
  package var largest: LargestRows

  package init(topCount: Int) { largest = LargestRows(limit: topCount) }

  mutating func merge(_ other: CountFindings) {
    rows += other.rows
    hashKeys += other.hashKeys
    hashKeySizes += other.hashKeySizes
    sortKeySizes += other.sortKeySizes
    valueSizes += other.valueSizes
    rowSizes += other.rowSizes
    largest.merge(other.largest)
  }
}

/// The precise count of one partition.
@LoopActor
final class PartitionCount {
  let partition: Int32
  private let table: Table
  private let options: CountOptions
  private let gate: Gate
  private let limiter: RateLimiter
  private(set) var findings: CountFindings
  private(set) var isDone = false
  private var lastHashKey: [UInt8]?

  /// - Parameters:
  ///   - gate: pauses the count while it is closed
  ///   - limiter: what the reading is held to
  init(table: Table, partition: Int32, options: CountOptions, gate: Gate, limiter: RateLimiter) {
    self.table = table
    self.partition = partition
    self.options = options
    self.gate = gate
    self.limiter = limiter
    findings = CountFindings(topCount: options.topCount)
  }

  /// - Throws: `ClientError` when the partition could not be read to its end
  func run() async throws(ClientError) {
    var attempt = 0
    while true {
      attempt += 1
      let openings = gate.openings
      do throws(ClientError) {
        try await count()
        isDone = true
        return
      } catch {
        // A count by the server cannot go on in the middle: it begins again. After a pause that is nobody's fault.
        if gate.openings != openings { attempt = 0 }
        guard case .countInterrupted = error.reason, attempt < 5 else { throw error }
        findings = CountFindings(topCount: options.topCount)
      }
    }
  }

  private func count() async throws(ClientError) {
    var scan = ScanOptions()
    scan.noValue = !options.measuresSizes && !options.filter.needsValues
    scan.onlyCount = !options.needsRows
    scan.pageLimit = max(options.timeout, options.giveUpAfter)
    scan.replyLimit = options.timeout
    scan.setFilter(options.filter)
    let reader = PartitionReader(
      PartitionScanner(table: table, partition: partition, options: scan), gate: gate, limiter: limiter)
    do throws(ClientError) {
      while let page = try await reader.next() {
        if scan.onlyCount { findings.rows += Int64(page.rowCount) } else { look(at: page) }
        if Task.isCancelled { throw ClientError(.cancelled, while: "count partition \(partition)") }
      }
    } catch {
      reader.close()
      throw error
    }
  }

  private func look(at page: ScanPage) {
    let bytes = page.bytes
    for row in page.rows {
      let key = row.key(in: bytes.span.bytes)
      let (hashKey, sortKey) = (key.hashKey, key.sortKey)
      if options.filter.needsRows,
        !options.filter.accepts(hashKey: hashKey, sortKey: sortKey, value: row.value(in: bytes.span.bytes))
      {
        continue
      }
      findings.rows += 1
      if options.countsHashKeys, lastHashKey.map({ !hashKey.isEqual(to: $0.span.bytes) }) ?? true {
        findings.hashKeys += 1
        lastHashKey = [UInt8](hashKey)
      }
      guard options.measuresSizes else { continue }
      let value = Int(row.valueLength)
      let size = hashKey.byteCount + sortKey.byteCount + value
      findings.hashKeySizes.add(hashKey.byteCount)
      findings.sortKeySizes.add(sortKey.byteCount)
      findings.valueSizes.add(value)
      findings.rowSizes.add(size)
      findings.largest.add(size: size) {
        let key = row.key(in: bytes.span.bytes)
        return LargestRows.Row(hashKey: [UInt8](key.hashKey), sortKey: [UInt8](key.sortKey), size: size)
      }
    }
  }
}
