package import PegasusProtocol
package import RPC

/// What to do after a failed call, and how long to wait before doing it. A pure value: no clock, no I/O.
package struct RetryPolicy: Sendable {
  /// The pause after the first failure; it doubles with each further one.
  package var firstPause: Duration = .milliseconds(8)
  /// The longest pause between two attempts.
  package var longestPause: Duration = .seconds(1)

  package init() {}

  /// How a failed attempt is taken.
  package enum Verdict: Equatable, Sendable {
    /// Trying again cannot help.
    case fail
    /// The answer of a write that must not be repeated was lost.
    case outcomeUnknown
    /// Try again after a pause, with routing that is this fresh.
    case retry(Refresh)
  }

  /// Which routing information is stale.
  package enum Refresh: Equatable, Sendable {
    case none, partition
    /// The whole table, partition count included: a partition split was missed.
    case table
  }

  /// - Parameter repeatable: whether applying the request twice has the same effect as once
  package func verdict(on error: RPCError, repeatable: Bool) -> Verdict {
    switch error {
    case .cancelled: return .fail
    case .server(let code, _, _): return verdict(on: code, repeatable: repeatable)
    // The server does not speak as one: asking it again gives the same.
    case .garbage: return repeatable ? .fail : .outcomeUnknown
    case .overloaded: return .retry(.none)
    case .connect, .closed, .timeout:
      if !repeatable && error.mayHaveBeenApplied { return .outcomeUnknown }
      return .retry(.partition)
    }
  }

  /// Pegasus 2.0–2.6: the frame errors of a replica server and what they ask of a client.
  package func verdict(on code: ErrorCode, repeatable: Bool) -> Verdict {
    switch code {
    case .objectNotFound, .invalidState, .inactiveState: .retry(.partition)
    case .parentPartitionMisused, .childNotReady: .retry(.table)
    case .splitting, .busy, .capacityExceeded, .notEnoughMember: .retry(.none)
    // Room can be made, by compaction or by hand, while others wait.
    case .diskInsufficient: .retry(.none)
    // A process that has just begun and does not serve yet: nothing was done.
    case .serviceNotActive: .retry(.partition)
    // The write may sit in the server's log although its answer says it took too long.
    case .timeout: repeatable ? .retry(.partition) : .outcomeUnknown
    case .networkFailure: repeatable ? .retry(.partition) : .outcomeUnknown
    default: .fail
    }
  }

  /// The pause before attempt `attempt + 1`: exponential, and spread over ±50 % so that clients do not come back in step.
  package func pause(after attempt: Int) -> Duration {
    let doubled = firstPause * (1 << min(max(attempt - 1, 0), 16))
    let capped = min(doubled, longestPause)
    return capped * Double.random(in: 0.5...1.5)
  }
}
