import PegasusProtocol
import StorageEngine

/// Divides the rows of a backup into units: by classes of partitions, and those by ranges of keys of about equal size.
struct SplitPlanner {
  /// Partitions whose files are asked where the rows lie, the largest ones: the hash spreads rows evenly, so that some speak
  /// for all; and where it does not, most rows lie in those.
  private static let samples = 4
  /// Units for each worker, if nothing else divides the rows: workers then end at about the same time.
  private static let unitsPerWorker: Int64 = 2
  /// Bytes behind what all keys share that a boundary may have.
  private static let longestBoundary = 24

  let options: SplitOptions
  let sourceCount: Int32
  let sourceBytes: Int64

  /// How many units a class gets whose sources have so many bytes.
  func unitCount(classes: Int32, bytes: Int64) -> Int {
    let targets = Int64(max(1, options.partitionCount / classes))
    let (wanted, overflow) = Int64(max(1, options.fileBytes)).multipliedReportingOverflow(by: targets)
    let fair = sourceBytes / (Int64(max(1, options.workers)) * Self.unitsPerWorker)
    let most = min(overflow ? Int64.max : wanted, options.largestUnit)
    // A worker more is not worth thousands of tiny files.
    let unit = max(1, min(most, max(fair, targets * Int64(min(options.fileBytes, options.smallestFile)))))
    return Int(max(1, min((bytes + unit - 1) / unit, bytes / max(1, options.smallestUnit), 100_000)))
  }

  /// The keys between the units of one class, rising; fewer where rows do not allow as many. Blocks.
  ///
  /// - Parameter sources: with their sizes in bytes
  func boundaries(
    of sources: [(partition: SourcePartition, bytes: Int64)], units: Int
  ) throws(StorageError) -> [[UInt8]] {
    guard units > 1 else { return [] }
    let sample = sources.sorted { $0.bytes > $1.bytes }.prefix(Self.samples).map(\.partition)
    var first: [UInt8]?
    var last: [UInt8]?
    for source in sample {
      guard let bounds = try source.bounds() else { continue }
      first = first.map { PegasusKeyOrder.precedes(bounds.first, $0) ? bounds.first : $0 } ?? bounds.first
      last = last.map { PegasusKeyOrder.precedes($0, bounds.last) ? bounds.last : $0 } ?? bounds.last
    }
    guard let first, let last, first != last else { return [] }
    let shared = zip(first, last).prefix { $0 == $1 }.count
    let whole = try size(of: sample, from: first, to: last)
    guard whole > 0 else { return [] }
    var found: [[UInt8]] = []
    for unit in 1..<units {
      let wanted = whole / UInt64(units) * UInt64(unit)
      let key = try boundary(
        of: sample, from: first, sharing: shared, wanted: wanted, tolerance: whole / UInt64(units) / 16)
      let previous = found.last ?? first
      if PegasusKeyOrder.precedes(previous, key), PegasusKeyOrder.precedes(key, last) { found.append(key) }
    }
    return found
  }

  /// A key with about `wanted` bytes of rows in front of it: found byte by byte, by asking how much lies in front.
  private func boundary(
    of sample: [SourcePartition], from first: [UInt8], sharing: Int, wanted: UInt64, tolerance: UInt64
  ) throws(StorageError) -> [UInt8] {
    var key = Array(first.prefix(sharing))
    while key.count < sharing + Self.longestBoundary {
      // The largest byte that still does not go beyond.
      var (low, high) = (0, 255)
      var size: UInt64 = 0
      while low < high {
        let middle = (low + high + 1) / 2
        let found = try self.size(of: sample, from: first, to: key + [UInt8(middle)])
        if found <= wanted { (low, size) = (middle, found) } else { high = middle - 1 }
      }
      key.append(UInt8(low))
      if low > 0, wanted - min(size, wanted) <= tolerance { break }
    }
    return key
  }

  private func size(of sample: [SourcePartition], from: [UInt8], to: [UInt8]) throws(StorageError) -> UInt64 {
    guard PegasusKeyOrder.precedes(from, to) else { return 0 }
    var sum: UInt64 = 0
    for source in sample { sum += try source.database.approximateSize(from: from, to: to) }
    return sum
  }
}

/// The order of stored keys: byte by byte, a prefix first.
enum PegasusKeyOrder {
  static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.lexicographicallyPrecedes(right) }
}
