/// How long requests took, in buckets that are an eighth of a power of two wide. Adding costs no allocation.
struct LatencyHistogram: Sendable {
  /// Everything from here on is one bucket: 36 minutes.
  private static let largest: UInt64 = 1 << 31
  private var buckets = [UInt32](repeating: 0, count: Self.bucket(of: Self.largest - 1) + 1)
  private(set) var count = 0

  /// - Parameter nanoseconds: below 0 counts as 0
  mutating func add(nanoseconds: Int64) {
    count += 1
    buckets[Self.bucket(of: UInt64(max(nanoseconds, 0)) / 1000)] &+= 1
  }

  /// What `fraction` of the requests did not exceed, to about 6 %; zero when there are none.
  func percentile(_ fraction: Double) -> Duration {
    let threshold = Double(count) * fraction
    var seen = 0.0
    for (index, requests) in buckets.enumerated() where requests > 0 {
      seen += Double(requests)
      if seen >= threshold { return .microseconds(Self.middle(of: index)) }
    }
    return .zero
  }

  mutating func removeAll() {
    count = 0
    for index in buckets.indices { buckets[index] = 0 }
  }

  private static func bucket(of microseconds: UInt64) -> Int {
    let value = min(microseconds, largest - 1)
    guard value >= 8 else { return Int(value) }
    let shift = 60 - value.leadingZeroBitCount
    return shift * 8 + Int(value >> UInt64(shift))
  }

  private static func middle(of bucket: Int) -> Int64 {
    guard bucket >= 16 else { return Int64(bucket) }
    let shift = bucket / 8 - 1
    let low = Int64(bucket - shift * 8) << Int64(shift)
    return low + (1 << Int64(shift)) / 2
  }
}
