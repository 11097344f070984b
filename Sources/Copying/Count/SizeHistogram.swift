/// A distribution of sizes, in RocksDB's buckets, so that its text looks as operators know it from server statistics.
package struct SizeHistogram: Sendable {
  /// Upper limits: 1 and 2, then each 1.5 times the one before, rounded down to two significant digits.
  static let limits: [UInt64] = {
    var limits: [UInt64] = [1, 2]
    var value = 2.0
    while value * 1.5 < Double(UInt64.max) {
      value *= 1.5
      var rounded = UInt64(value)
      var factor: UInt64 = 1
      while rounded / 10 > 10 {
        rounded /= 10
        factor *= 10
      }
      limits.append(rounded * factor)
    }
    return limits
  }()

  package private(set) var count: UInt64 = 0
  package private(set) var smallest: UInt64 = .max
  package private(set) var largest: UInt64 = 0
  private var sum: Double = 0
  private var squares: Double = 0
  private var buckets = [UInt64](repeating: 0, count: SizeHistogram.limits.count)

  package init() {}

  package mutating func add(_ size: Int) {
    let value = UInt64(clamping: size)
    count += 1
    sum += Double(value)
    squares += Double(value) * Double(value)
    smallest = min(smallest, value)
    largest = max(largest, value)
    buckets[Self.bucket(of: value)] += 1
  }

  package static func += (left: inout SizeHistogram, right: SizeHistogram) {
    left.count += right.count
    left.sum += right.sum
    left.squares += right.squares
    left.smallest = min(left.smallest, right.smallest)
    left.largest = max(left.largest, right.largest)
    for index in left.buckets.indices { left.buckets[index] += right.buckets[index] }
  }

  package var average: Double { count == 0 ? 0 : sum / Double(count) }

  package var standardDeviation: Double {
    guard count > 0 else { return 0 }
    return max(0, squares / Double(count) - average * average).squareRoot()
  }

  /// The size below which `percent` of the rows are, interpolated within its bucket.
  package func percentile(_ percent: Double) -> Double {
    guard count > 0 else { return 0 }
    let threshold = Double(count) * percent / 100
    var seen = 0.0
    for (index, rows) in buckets.enumerated() where rows > 0 {
      seen += Double(rows)
      guard seen >= threshold else { continue }
      let left = index == 0 ? 0 : Double(Self.limits[index - 1])
      let right = Double(Self.limits[index])
      let position = (threshold - (seen - Double(rows))) / Double(rows)
      return min(max(left + (right - left) * position, Double(smallest)), Double(largest))
    }
    return Double(largest)
  }

  /// The buckets that hold anything: from (exclusive), to (inclusive), rows.
  package var filled: [(from: UInt64, to: UInt64, rows: UInt64)] {
    buckets.indices.compactMap { index in
      buckets[index] == 0 ? nil : (index == 0 ? 0 : Self.limits[index - 1], Self.limits[index], buckets[index])
    }
  }

  private static func bucket(of value: UInt64) -> Int {
    var (low, high) = (0, limits.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
