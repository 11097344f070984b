import CommandLineKit
import PegasusClient

/// A time to live must be at least a second: servers take zero for "for ever" and a negative one for a time long past.
func checkTTL(_ seconds: Int32?) throws(UsageError) {
  guard let seconds, seconds <= 0 else { return }
  throw UsageError("invalid ttl \(seconds): at least 1 second is expected", kind: .invalidValue)
}

func timeToLive(_ seconds: Int32?) -> TimeToLive { seconds.map { .seconds($0) } ?? .none }
