import PegasusClient
import PegasusProtocol

/// The present second of Pegasus' epoch, for telling which rows have expired on the way. It goes on from one look at the
/// wall clock with the machine's monotonic clock, so that a clock that is set in the middle of a copy changes nothing.
package struct ExpiryClock: Sendable {
  private let unixAtStart: Int64
  private let start: ContinuousClock.Instant

  /// - Parameter unixNow: the present; `nil` for the wall clock's
  package init(unixNow: Int64? = nil) {
    unixAtStart = unixNow ?? WallClock.unixSeconds
    start = ContinuousClock.now
  }

  /// Unix seconds.
  package var unixNow: Int64 { unixAtStart + (ContinuousClock.now - start).components.seconds }

  /// Microseconds of unix time.
  package var unixMicroseconds: Int64 {
    let elapsed = (ContinuousClock.now - start).components
    return (unixAtStart + elapsed.seconds) * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
  }

  /// Seconds of Pegasus' epoch: a row whose expiry is not above it has expired.
  package var now: UInt32 { UInt32(clamping: unixNow - TTLEpoch.unix) }
}
