import Testing

@testable import Copying

@Suite struct RateMeterTests {
  @Test func aSteadyJobTellsWhatIsLeft() {
    var meter = RateMeter()
    for second in 0...20 { meter.add(total: Int64(second) * 1000, at: Double(second)) }
    #expect(meter.recent == 1000)
    #expect(meter.lastStep == 1000)
    #expect(meter.secondsLeft(remaining: 30_000) == 30)
    #expect(meter.secondsLeft(remaining: 0) == 0)
  }

  @Test func itDoesNotGuessInTheFirstSecondsOrWhenNothingMoves() {
    var meter = RateMeter()
    meter.add(total: 0, at: 0)
    meter.add(total: 5000, at: 1)
    #expect(meter.secondsLeft(remaining: 10) == nil)
    var stalled = RateMeter()
    for second in 0...20 { stalled.add(total: 7, at: Double(second)) }
    #expect(stalled.recent == 0)
    #expect(stalled.secondsLeft(remaining: 10) == nil)
  }

  @Test func onlyTheWindowCounts() {
    var meter = RateMeter(window: 5)
    for second in 0...10 { meter.add(total: Int64(second) * 1000, at: Double(second)) }
    for second in 11...30 { meter.add(total: 10_000 + Int64(second - 10) * 10, at: Double(second)) }
    #expect(meter.recent == 10)
  }
}
