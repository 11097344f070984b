import Testing

@testable import Copying

@Suite struct CopyEstimateTests {
  private func estimate(_ facts: PreflightFacts, _ change: (inout CopyOptions) -> Void = { _ in }) -> CopyEstimate {
    var options = CopyOptions()
    change(&options)
    return CopyEstimate(facts, options)
  }

  @Test func theSlowestOfTheLimitsDecides() {
    let rows = estimate(PreflightSamples.facts()) { $0.maxRowsPerSecond = 1000 }
    #expect(rows.seconds == 1000 && rows.basis == "1000 rows/s (--max_rows_per_second)")

    let both = estimate(PreflightSamples.facts()) {
      $0.maxRowsPerSecond = 1000
      $0.maxBytesPerSecond = 10240
    }
    // 100 MB of files at 10 KB/s.
    #expect(both.seconds == 10240 && both.basis.contains("--max_mb_per_second"))

    let throttled = estimate(
      PreflightSamples.facts { $0.target.environment = .known(["replica.write_throttling": "500*reject*10"]) }
    ) { $0.maxRowsPerSecond = 1000 }
    #expect(throttled.seconds == 2000 && throttled.basis.contains("replica.write_throttling"))
  }

  @Test func withoutLimitsTheSampleTells() {
    let found = estimate(PreflightSamples.facts { $0.sample = PreflightSamples.sample() })
    #expect(found.seconds == 125 && found.basis == "8000 rows/s (reading alone: a sample of 4000 rows)")
    #expect(found.bytes == 100_000_000, "rows times the mean of the sample, not the compressed files")
  }

  @Test func whatIsNotKnownIsNotReckonedWith() {
    let blind = estimate(
      PreflightSamples.facts {
        $0.source.rows = .unknown("too old")
        $0.source.bytes = .unknown("too old")
      }
    ) { $0.maxRowsPerSecond = 1000 }
    #expect(blind.rows == nil && blind.bytes == nil && blind.seconds == nil)
  }

  @Test(
    arguments: [
      ("2000*delay*30", 2000.0, false), ("2000*delay*30,3000*reject*100", 2000.0, true), ("2K*reject*1", 2048.0, true),
      ("20M", 20_971_520.0, true), ("100000", 100_000.0, true),
    ] as [(String, Double, Bool)])
  func throttlingTextsAreRead(_ text: String, _ units: Double, _ rejects: Bool) throws {
    let throttling = try #require(Throttling(text))
    #expect(throttling.unitsPerSecond == units)
    #expect(throttling.rejects == rejects)
  }

  @Test func otherTextsMeanNothing() {
    for text in [nil, "", "*", "fast", "3X*delay*1"] { #expect(Throttling(text) == nil) }
  }
}
