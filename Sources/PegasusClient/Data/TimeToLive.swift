import PegasusProtocol

/// How long a row lives, as a caller says it.
package enum TimeToLive: Sendable, Equatable {
  /// No expiry of its own; the table's `default_ttl` applies on the server.
  case none
  /// Seconds from now, by this machine's clock.
  case seconds(Int32)
  /// An absolute second of Pegasus' own epoch (2016-01-01 UTC), as scans return it.
  case expiry(UInt32)

  /// The wire's form: seconds of Pegasus' epoch, 0 for none.
  package var expireTimestamp: UInt32 {
    switch self {
    case .none: 0
    case .seconds(let seconds): TTLEpoch.expiry(ttl: Int64(seconds), unixNow: WallClock.unixSeconds)
    case .expiry(let timestamp): timestamp
    }
  }

  /// The same bits as the signed number that the messages carry.
  package var wireValue: Int32 { Int32(bitPattern: expireTimestamp) }
}
