/// Shares a copy among shells. Pure arithmetic on estimates.
///
/// The copy takes as long as its slowest part needs: a shell at its limit, the source server that holds the most, the
/// target's servers together. Each shell's rate is then its bytes in that time, so that all of them end together.
package struct CopyPlanner: Sendable {
  /// Why nothing can be planned.
  package struct Invalid: Error, Equatable, CustomStringConvertible {
    package var description: String
  }

  /// A part may be this much larger than the most even one when its partitions then stand in one row: "0-204" is easier
  /// to type, to read and to verify than two hundred numbers.
  private static let toleranceForRanges = 1.05
  /// What SQLite needs before the first checkpoint, and its log, which is emptied at 1000 pages.
  private static let journalBase: Int64 = 128 << 10
  private static let journalLog: Int64 = 1000 * 4096
  /// The checkpoint of a partition: key, counts, and its line in the progress; pages are not always full.
  private static let journalPerPartition: Int64 = 1024
  /// The time between two checkpoints.
  private static let checkpointSeconds = 1.0

  private let limits: PlanLimits

  package init(_ limits: PlanLimits) { self.limits = limits }

  /// - Throws: `Invalid` without partitions, without bytes, or when no limit tells how fast a shell is
  package func plan(_ partitions: [PartitionLoad]) throws(Invalid) -> CopyPlan {
    let loads = partitions.sorted { $0.partition < $1.partition }
    let bytes = loads.reduce(Int64(0)) { $0 + max(0, $1.bytes) }
    let rows = loads.reduce(Int64(0)) { $0 + max(0, $1.rows) }
    guard !loads.isEmpty, bytes > 0 else { throw Invalid(description: "the table holds nothing that could be shared") }
    guard limits.shells > 0 else { throw Invalid(description: "at least one shell is needed") }
    let parts = divide(loads, among: min(limits.shells, loads.count))
    let sources = bySource(loads)
    guard let (seconds, bound) = duration(parts, sources, bytes: bytes) else {
      throw Invalid(description: "without a limit for a shell or for a server nothing tells how long it takes")
    }
    let busiest = sources.values.max() ?? 0
    return CopyPlan(
      shells: parts.enumerated().map { shell($0.offset + 1, $0.element, seconds: seconds) }, seconds: seconds,
      bound: bound, rows: rows, bytes: bytes, busiestSourceBytesPerSecond: Double(busiest) / seconds,
      targetBytesPerSecond: Double(bytes) / seconds / Double(max(1, limits.targetServers)))
  }

  // MARK: Time

  private func duration(
    _ parts: [[PartitionLoad]], _ sources: [String: Int64], bytes: Int64
  ) -> (Double, CopyPlan.Bound)? {
    var longest: (seconds: Double, bound: CopyPlan.Bound)?
    func take(_ amount: Int64, at rate: Double?, _ bound: CopyPlan.Bound) {
      guard let rate, rate > 0, amount > 0 else { return }
      let seconds = Double(amount) / rate
      if seconds > longest?.seconds ?? 0 { longest = (seconds, bound) }
    }
    take(parts.map { $0.reduce(0) { $0 + $1.bytes } }.max() ?? 0, at: limits.bytesPerSecondPerShell, .shellBytes)
    take(parts.map { $0.reduce(0) { $0 + $1.rows } }.max() ?? 0, at: limits.rowsPerSecondPerShell, .shellRows)
    if let busiest = sources.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) {
      take(busiest.value, at: limits.bytesPerSecondPerSource, .sourceServer(busiest.key))
    }
    let together = limits.bytesPerSecondPerTarget.map { $0 * Double(max(1, limits.targetServers)) }
    take(bytes, at: together, .targetServers)
    return longest.map { ($0.seconds, $0.bound) }
  }

  private func bySource(_ loads: [PartitionLoad]) -> [String: Int64] {
    loads.reduce(into: [:]) { $0[$1.server, default: 0] += $1.bytes }
  }

  private func shell(_ number: Int, _ part: [PartitionLoad], seconds: Double) -> ShellPlan {
    let bytes = part.reduce(Int64(0)) { $0 + $1.bytes }
    let rows = part.reduce(Int64(0)) { $0 + $1.rows }
    let open = Int64(min(limits.maxConcurrentPartitions, part.count))
    let rowBytes = rows > 0 ? Double(bytes) / Double(rows) : 0
    let rate = Double(rows) / seconds
    // One page is worked on, one is read ahead.
    let held = open * (Int64(limits.maxInFlight) + 2 * limits.rowsPerReply(bytesPerRow: rowBytes))
    let onTheWay = open * Int64(limits.maxInFlight)
    return ShellPlan(
      number: number, partitions: part.map(\.partition), rows: rows, bytes: bytes,
      bytesPerSecond: Double(bytes) / seconds, rowsPerSecond: rate, seconds: seconds,
      windowBytes: Int64(Double(held) * rowBytes),
      journalBytes: Self.journalBase + Self.journalLog + Int64(part.count) * Self.journalPerPartition,
      rowsAgainAfterDeath: min(rows, Int64((rate * Self.checkpointSeconds).rounded(.up)) + onTheWay))
  }

  // MARK: Shares

  /// Neighbours where that is about as even, otherwise the largest to whom has the least.
  private func divide(_ loads: [PartitionLoad], among count: Int) -> [[PartitionLoad]] {
    let ranges = inRanges(loads, among: count)
    let scattered = scattered(loads, among: count)
    func largest(_ parts: [[PartitionLoad]]) -> Double {
      Double(parts.map { $0.reduce(Int64(0)) { $0 + $1.bytes } }.max() ?? 0)
    }
    return largest(ranges) <= largest(scattered) * Self.toleranceForRanges ? ranges : scattered
  }

  private func scattered(_ loads: [PartitionLoad], among count: Int) -> [[PartitionLoad]] {
    var parts = Array(repeating: (bytes: Int64(0), loads: [PartitionLoad]()), count: count)
    for load in loads.sorted(by: { ($1.bytes, $0.partition) < ($0.bytes, $1.partition) }) {
      // With equal bytes to whom has the fewest: empty partitions are shared as well.
      let least = parts.indices.min {
        (parts[$0].bytes, parts[$0].loads.count) < (parts[$1].bytes, parts[$1].loads.count)
      }
      guard let least else { continue }
      parts[least].bytes += load.bytes
      parts[least].loads.append(load)
    }
    return parts.map { $0.loads.sorted { $0.partition < $1.partition } }
      .sorted { ($0.first?.partition ?? 0) < ($1.first?.partition ?? 0) }
  }

  /// The smallest largest part, found by halving.
  private func inRanges(_ loads: [PartitionLoad], among count: Int) -> [[PartitionLoad]] {
    var low = loads.map(\.bytes).max() ?? 0
    var high = loads.reduce(Int64(0)) { $0 + $1.bytes }
    while low < high {
      let middle = low + (high - low) / 2
      if cut(loads, atMost: middle, among: count).count <= count { high = middle } else { low = middle + 1 }
    }
    return cut(loads, atMost: high, among: count)
  }

  private func cut(_ loads: [PartitionLoad], atMost bytes: Int64, among count: Int) -> [[PartitionLoad]] {
    var parts: [[PartitionLoad]] = []
    var part: [PartitionLoad] = []
    var sum: Int64 = 0
    for (index, load) in loads.enumerated() {
      // No shell is left without a partition.
      let mustCut = loads.count - index <= count - parts.count - 1
      if !part.isEmpty && (sum + load.bytes > bytes || mustCut) {
        parts.append(part)
        part = []
        sum = 0
      }
      part.append(load)
      sum += load.bytes
    }
    return part.isEmpty ? parts : parts + [part]
  }
}
