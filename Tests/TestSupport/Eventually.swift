import EventLoop

/// A condition did not become true in time.
package struct ConditionNotMet: Error, CustomStringConvertible {
  package var what: String
  package var limit: Duration

  package var description: String { "\(what): not so after \(limit.brief)" }
}

/// Waits until `condition` holds, looking often at first and then every `interval`; throws `ConditionNotMet` at the limit.
package func eventually(
  _ what: String = "the condition", within limit: Duration = .seconds(20), every interval: Duration = .milliseconds(20),
  _ condition: () async throws -> Bool
) async throws {
  let end = Monotonic.now() + limit
  var pause = Duration.microseconds(500)
  while try await !condition() {
    guard Monotonic.now() < end else { throw ConditionNotMet(what: what, limit: limit) }
    try await loopSleep(pause)
    pause = min(pause * 2, interval)
  }
}
