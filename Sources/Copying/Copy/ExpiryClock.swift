package import EventLoop
package import PegasusClient
import PegasusProtocol

/// The present second of Pegasus' epoch, for telling which rows have expired on the way. It goes on from one look at the
/// wall clock with the machine's monotonic clock, so that a clock that is set in the middle of a copy changes nothing.
///
/// The servers' clocks count, not this machine's: a row that a server has just sent is alive. Once this clock has been
/// found to say otherwise it is not believed any more, and nothing expires by it.
@LoopActor
package final class ExpiryClock {
  /// Seconds by which clocks that are kept in step may differ, with the time that a reply takes.
  private static let tolerance: Int64 = 5

  private let unixAtStart: Int64
  private let start: ContinuousClock.Instant
  private(set) var isBelieved = true

  /// - Parameter unixNow: the present; `nil` for the wall clock's
  package init(unixNow: Int64? = nil) {
    unixAtStart = unixNow ?? WallClock.unixSeconds
    start = ContinuousClock.now
  }

  /// Takes note of the rows of a page that a server has sent: none of them had expired then.
  package func learn(from page: ScanPage) {
    guard isBelieved else { return }
    var earliest = UInt32.max
    for row in page.rows where row.expireTimestamp != 0 { earliest = min(earliest, row.expireTimestamp) }
    learn(alive: earliest, at: page.receivedAt)
  }

  /// Takes note of a row that a server has sent.
  ///
  /// - Parameter expiry: seconds of Pegasus' epoch; 0 for a row that does not expire
  package func learn(alive expiry: UInt32, at moment: ContinuousClock.Instant = .now) {
    guard expiry != 0 else { return }
    if unix(at: moment) - TTLEpoch.unix > Int64(expiry) + Self.tolerance { isBelieved = false }
  }

  private func unix(at moment: ContinuousClock.Instant) -> Int64 { unixAtStart + (moment - start).components.seconds }

  /// Unix seconds by this machine's clock.
  package var unixNow: Int64 { unix(at: .now) }

  /// Microseconds of unix time by this machine's clock.
  package var unixMicroseconds: Int64 {
    let elapsed = (ContinuousClock.now - start).components
    return (unixAtStart + elapsed.seconds) * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
  }

  /// Seconds of Pegasus' epoch: a row whose expiry is not above it has expired. 0 when the clock is not believed.
  package var now: UInt32 { isBelieved ? UInt32(clamping: unixNow - TTLEpoch.unix) : 0 }
}
