import EventLoop
import PegasusClient
import PegasusProtocol

/// Reads some pages of the source as the copy would, for a short time, and counts what came.
@LoopActor
final class SourceSampler {
  private static let maxPartitions = 4
  private static let maxPages = 40

  private let source: Table
  private let options: CopyOptions
  private let time: Duration
  private var sample = SourceSample()

  /// - Parameter time: after which nothing more is asked for
  init(_ source: Table, _ options: CopyOptions, time: Duration) {
    self.source = source
    self.options = options
    self.time = time
  }

  /// - Returns: `nil` when nothing could be read
  func run(_ partitions: [Int32]) async -> SourceSample? {
    let step = max(1, partitions.count / Self.maxPartitions)
    let chosen = stride(from: 0, to: partitions.count, by: step).prefix(Self.maxPartitions).map { partitions[$0] }
    guard !chosen.isEmpty else { return nil }
    sample.partitions = chosen.count
    sample.hasValues = !options.needsNoValues
    let started = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for partition in chosen {
        group.addTask(executorPreference: EventLoop.shared.taskExecutor) {
          await self.read(partition, until: started + self.time)
        }
      }
    }
    sample.seconds = (ContinuousClock.now - started).inSeconds
    return sample.rows > 0 ? sample : nil
  }

  private func read(_ partition: Int32, until deadline: ContinuousClock.Instant) async {
    var scan = ScanOptions()
    options.setBatch(of: &scan)
    scan.noValue = options.needsNoValues
    scan.returnExpiry = true
    scan.replyLimit = time
    scan.pageLimit = time
    let scanner = PartitionScanner(table: source, partition: partition, options: scan)
    defer { scanner.close() }
    for _ in 0..<Self.maxPages {
      // A sample may be short: why it is does not matter to it.
      guard ContinuousClock.now < deadline, let page = try? await scanner.next() else { return }
      sample.rows += Int64(page.rows.count)
      if !page.rows.isEmpty { sample.hasExpiry = sample.hasExpiry && page.hasExpiry }
      for row in page.rows {
        let size = Int64(row.keyLength) + Int64(row.valueLength)
        sample.bytes += size
        sample.largestRow = max(sample.largestRow, size)
        if row.expireTimestamp > 0 { sample.expiringRows += 1 }
      }
    }
  }
}
