import EventLoop

/// Pauses between attempts to connect: exponential, with jitter so that clients do not come back in step.
package struct BackOff: Equatable, Sendable {
  package var first: Duration
  package var longest: Duration

  package init(first: Duration = .milliseconds(50), longest: Duration = .seconds(2)) {
    self.first = first
    self.longest = longest
  }

  /// The pause after the `failures`-th failure in a row; `jitter` in 0..<1 spreads it over 75 to 125 %.
  func pause(failures: Int, jitter: Double) -> Duration {
    let doubled = first * (1 << min(max(failures - 1, 0), 16))
    return min(doubled, longest) * (0.75 + jitter / 2)
  }
}

/// When to connect to a node and what to do with calls meanwhile. Pure: no clock, no I/O, no randomness.
struct ConnectionStateMachine {
  enum State: Equatable {
    case idle
    case connecting
    /// `isProven`: a reply has come over it.
    case connected(isProven: Bool)
    case backingOff(until: Monotonic, reason: String)
    case closed
  }

  enum CallAction: Equatable {
    /// Append it to the stream.
    case send
    /// Keep it until the connection stands.
    case queue
    /// The same, and begin to connect.
    case connectAndQueue
    /// The node is dead, for the reason given.
    case fail(String)
  }

  private(set) var state = State.idle
  /// Attempts and connections that failed, in a row.
  private(set) var failures = 0
  private let backOff: BackOff

  init(backOff: BackOff) {
    self.backOff = backOff
  }

  /// A call is made.
  mutating func call(at now: Monotonic) -> CallAction {
    switch state {
    case .connected: return .send
    case .connecting: return .queue
    case .closed: return .fail("the client has been closed")
    case .backingOff(let until, let reason) where now < until:
      return .fail("\(reason) (next attempt in \((until - now).brief))")
    case .idle, .backingOff:
      state = .connecting
      return .connectAndQueue
    }
  }

  /// The attempt succeeded; false when nobody waits for it any more.
  mutating func connected() -> Bool {
    guard state == .connecting else { return false }
    state = .connected(isProven: false)
    return true
  }

  mutating func connectFailed(at now: Monotonic, reason: String, jitter: Double) {
    guard state == .connecting else { return }
    pause(at: now, reason: reason, jitter: jitter)
  }

  /// A reply came: the node is alive.
  mutating func replied() {
    state = .connected(isProven: true)
    failures = 0
  }

  /// The connection ended. One that has worked may be made again at once; one that has not counts as a failed attempt.
  mutating func disconnected(at now: Monotonic, reason: String, jitter: Double) {
    guard case .connected(let isProven) = state else { return }
    if isProven {
      state = .idle
    } else {
      pause(at: now, reason: reason, jitter: jitter)
    }
  }

  mutating func close() {
    state = .closed
  }

  private mutating func pause(at now: Monotonic, reason: String, jitter: Double) {
    failures += 1
    state = .backingOff(until: now + backOff.pause(failures: failures, jitter: jitter), reason: reason)
  }
}
