import EventLoop
import Testing

@testable import RPC

@Suite struct ConnectionStateMachineTests {
  private func at(_ milliseconds: Int64) -> Monotonic { Monotonic(nanoseconds: milliseconds * 1_000_000) }
  private func machine() -> ConnectionStateMachine {
    ConnectionStateMachine(backOff: BackOff(first: .milliseconds(100), longest: .milliseconds(1000)))
  }

  @Test func theFirstCallConnectsAndLaterOnesWait() {
    var machine = machine()
    let actions = [machine.call(at: at(0)), machine.call(at: at(1))]
    #expect(actions == [.connectAndQueue, .queue])
    let isWanted = machine.connected()
    let next = machine.call(at: at(2))
    #expect(isWanted)
    #expect(next == .send)
  }

  @Test func aDeadNodeFailsCallsAtOnceUntilThePauseIsOver() {
    var machine = machine()
    _ = machine.call(at: at(0))
    machine.connectFailed(at: at(10), reason: "refused", jitter: 0.5)
    let actions = [machine.call(at: at(10)), machine.call(at: at(109)), machine.call(at: at(110))]
    #expect(
      actions == [
        .fail("refused (next attempt in 100 ms)"), .fail("refused (next attempt in 1 ms)"), .connectAndQueue,
      ])
  }

  @Test func pausesGrowToALimitAndJitterSpreadsThem() {
    let backOff = BackOff(first: .milliseconds(100), longest: .milliseconds(1000))
    #expect(
      (1...6).map { backOff.pause(failures: $0, jitter: 0.5) }
        == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
    #expect(backOff.pause(failures: 1, jitter: 0) == .milliseconds(75))
    #expect(backOff.pause(failures: 100, jitter: 1) == .milliseconds(1250))
  }

  @Test func aConnectionThatWorkedIsMadeAgainAtOnce() {
    var machine = machine()
    _ = machine.call(at: at(0))
    _ = machine.connected()
    machine.replied()
    machine.disconnected(at: at(5), reason: "reset", jitter: 0.5)
    let action = machine.call(at: at(5))
    #expect(action == .connectAndQueue)
  }

  @Test func aConnectionThatNeverAnsweredCountsAsAFailedAttempt() {
    var machine = machine()
    for round in 1...3 {
      var now = at(Int64(round) * 10_000)
      _ = machine.call(at: now)
      _ = machine.connected()
      now = now + .milliseconds(1)
      machine.disconnected(at: now, reason: "closed", jitter: 0.5)
      #expect(machine.failures == round)
      let action = machine.call(at: now)
      #expect(action == .fail("closed (next attempt in \([100, 200, 400][round - 1]) ms)"))
    }
  }

  @Test func nothingRevivesAClosedClient() {
    var machine = machine()
    _ = machine.call(at: at(0))
    machine.close()
    let isWanted = machine.connected()
    machine.connectFailed(at: at(1), reason: "refused", jitter: 0)
    let action = machine.call(at: at(2))
    #expect(!isWanted)
    #expect(action == .fail("the client has been closed"))
  }
}
