/// Expiry times on the wire and on disk: seconds since 2016-01-01 00:00:00 UTC, 0 for "never".
package enum TTLEpoch {
  /// The epoch as unix seconds.
  package static let unix: Int64 = 1_451_606_400

  /// The expiry of something that lives `ttl` seconds from `unixNow`. Zero or less: never.
  package static func expiry(ttl: Int64, unixNow: Int64) -> UInt32 {
    guard ttl > 0 else { return 0 }
    let (sum, overflow) = unixNow.addingReportingOverflow(ttl)
    return overflow ? .max : UInt32(clamping: max(sum - unix, 1))
  }

  /// Whether `expiry` has passed at `unixNow`.
  package static func isExpired(_ expiry: UInt32, unixNow: Int64) -> Bool {
    expiry > 0 && Int64(expiry) <= unixNow - unix
  }

  /// Seconds left at `unixNow`, never below zero; nil when it lives for ever.
  package static func remaining(_ expiry: UInt32, unixNow: Int64) -> Int64? {
    expiry == 0 ? nil : max(Int64(expiry) - (unixNow - unix), 0)
  }

  /// As unix seconds; nil when it lives for ever.
  package static func unixTime(_ expiry: UInt32) -> Int64? {
    expiry == 0 ? nil : Int64(expiry) + unix
  }
}
