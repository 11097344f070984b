import EventLoop
import Testing

@testable import Copying

@Suite struct LatencyHistogramTests {
  @Test(arguments: [0, 3, 7, 8, 15, 16, 17, 100, 999, 4096, 65_537, 1_000_000, 90_000_000] as [Int64])
  func oneLatencyIsFoundAgain(_ microseconds: Int64) {
    var histogram = LatencyHistogram()
    histogram.add(nanoseconds: microseconds * 1000)
    let found = histogram.percentile(0.99).nanoseconds / 1000
    #expect(abs(found - microseconds) <= microseconds / 16)
  }

  @Test func theHundredthPartIsLeftOut() {
    var histogram = LatencyHistogram()
    for _ in 0..<990 { histogram.add(nanoseconds: 1_000_000) }
    for _ in 0..<10 { histogram.add(nanoseconds: 500_000_000) }
    #expect(histogram.percentile(0.99) < .milliseconds(2))
    histogram.add(nanoseconds: 500_000_000)
    #expect(histogram.percentile(0.99) > .milliseconds(400))
    histogram.removeAll()
    #expect(histogram.count == 0 && histogram.percentile(0.99) == .zero)
  }

  @Test func whatCannotBeIsTaken() {
    var histogram = LatencyHistogram()
    histogram.add(nanoseconds: -5)
    #expect(histogram.percentile(1) == .zero)
    histogram.add(nanoseconds: .max)
    #expect(histogram.percentile(1) > .seconds(1000))
  }
}
