import Testing

@testable import Copying

@Suite struct RateMeterTests {
  @Test func aSteadyJobTellsWhatIsLeft() {
    var meter = RateMeter()
    for second in 0...20 { meter.add(total: Int64(second) * 1000, at: Double(second)) }
    #expect(meter.recent == 1000)
    #expect(meter.lastStep == 1000)
    #expect(meter.isSteady)
    #expect(meter.secondsLeft(remaining: 30_000) == 30)
    #expect(meter.secondsLeft(remaining: 0) == 0)
  }

  @Test func theFirstStepIsFromTheStart() {
    var first = RateMeter(from: 0)
    first.add(total: 70, at: 1)
    #expect(first.lastStep == 70)
    var resumed = RateMeter(from: 1000)
    resumed.add(total: 1070, at: 61)
    #expect(resumed.lastStep == 70)
    resumed.add(total: 1090, at: 62)
    #expect(resumed.lastStep == 20)
    var unknown = RateMeter()
    unknown.add(total: 1000, at: 61)
    #expect(unknown.lastStep == 0)
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

  @Test func aRateThatGoesUpAndDownIsNotSteady() {
    var meter = RateMeter()
    var total: Int64 = 0
    for second in 0...20 {
      meter.add(total: total, at: Double(second))
      #expect(meter.isSteady == (second < 4), "at \(second) s")
      total += second % 2 == 0 ? 100 : 1900
    }
    // A tenth more or less is nothing.
    var calm = RateMeter()
    total = 0
    for second in 0...20 {
      calm.add(total: total, at: Double(second))
      total += second % 2 == 0 ? 900 : 1100
    }
    #expect(calm.isSteady)
  }

  @Test func onlyTheWindowCounts() {
    var meter = RateMeter(window: 5)
    for second in 0...10 { meter.add(total: Int64(second) * 1000, at: Double(second)) }
    for second in 11...30 { meter.add(total: 10_000 + Int64(second - 10) * 10, at: Double(second)) }
    #expect(meter.recent == 10)
  }
}
