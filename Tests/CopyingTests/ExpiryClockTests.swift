import EventLoop
import PegasusClient
import PegasusProtocol
import Testing

@testable import Copying

@Suite struct ExpiryClockTests {
  @LoopActor
  private func page(_ expiries: [UInt32]) throws -> ScanPage {
    var builder = PageBuilder()
    for (number, expiry) in expiries.enumerated() {
      let key = try PegasusKey(hashKey: Array("k\(number)".utf8), sortKey: [])
      builder.add(key, value: [], expireTimestamp: expiry)
    }
    return builder.take()
  }

  @Test @LoopActor func aClockThatIsAheadIsNotBelieved() throws {
    let clock = ExpiryClock(unixNow: TTLEpoch.unix + 5000)
    clock.learn(from: try page([0, 9000, 4997]))
    clock.learn(alive: 0)
    #expect(clock.now == 5000)
    clock.learn(from: try page([0, 4000, 9000]))
    #expect(clock.now == 0)
    #expect(clock.unixNow == TTLEpoch.unix + 5000)
  }
}
