import Testing

@testable import Copying

@Suite struct SizeHistogramTests {
  @Test func bucketsAreThoseOfRocksDB() {
    // What the old shell printed for sizes 12, 4, 100 and 116.
    for (size, from, to) in [(12, 10, 15), (4, 3, 4), (100, 76, 110), (116, 110, 170)] {
      var histogram = SizeHistogram()
      histogram.add(size)
      #expect(histogram.filled.count == 1)
      #expect(histogram.filled.first?.from == UInt64(from))
      #expect(histogram.filled.first?.to == UInt64(to))
    }
  }

  @Test func equalSizesHaveNoSpread() {
    var histogram = SizeHistogram()
    for _ in 0..<1000 { histogram.add(12) }
    #expect(histogram.average == 12)
    #expect(histogram.standardDeviation == 0)
    #expect(histogram.percentile(50) == 12)
    #expect(histogram.percentile(99.99) == 12)
  }

  @Test func mergingIsAddingEach() {
    var (left, right, both) = (SizeHistogram(), SizeHistogram(), SizeHistogram())
    for size in 0..<500 {
      left.add(size)
      both.add(size)
    }
    for size in 500..<3000 {
      right.add(size)
      both.add(size)
    }
    left += right
    #expect(left.count == both.count)
    #expect(left.percentile(75) == both.percentile(75))
    #expect(left.largest == 2999)
    #expect(left.smallest == 0)
  }

  @Test func anEmptyOneDividesByNothing() {
    let histogram = SizeHistogram()
    #expect(histogram.average == 0)
    #expect(histogram.percentile(50) == 0)
    #expect(histogram.filled.isEmpty)
  }
}
