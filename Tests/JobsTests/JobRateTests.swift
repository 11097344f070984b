import Jobs
import TestSupport
import Testing

@Suite struct JobRateTests {
  @Test(arguments: [
    ("5000", JobRate(unitsPerSecond: 5000), "5000 rows/s"),
    ("5000 rows/s", JobRate(unitsPerSecond: 5000), "5000 rows/s"),
    ("1 row/s", JobRate(unitsPerSecond: 1), "1 rows/s"),
    ("0.5/s", JobRate(unitsPerSecond: 0.5), "0.5 rows/s"),
    ("20k", JobRate(unitsPerSecond: 20_000), "20000 rows/s"),
    ("1.5M rows/s", JobRate(unitsPerSecond: 1_500_000), "1500000 rows/s"),
    ("20MB/s", JobRate(bytesPerSecond: 20e6), "20 MB/s"),
    ("20mb", JobRate(bytesPerSecond: 20e6), "20 MB/s"),
    ("20 MiB/s", JobRate(bytesPerSecond: 20_971_520), "20 MiB/s"),
    ("1000 kB/s", JobRate(bytesPerSecond: 1e6), "1 MB/s"),
    ("1023 B/s", JobRate(bytesPerSecond: 1023), "1023 B/s"),
    ("2.5MB/s", JobRate(bytesPerSecond: 2.5e6), "2500 kB/s"),
    ("5000 rows/s and 20 MB/s", JobRate(unitsPerSecond: 5000, bytesPerSecond: 20e6), "5000 rows/s and 20 MB/s"),
    ("20MB/s, 5k rows/s", JobRate(unitsPerSecond: 5000, bytesPerSecond: 20e6), "5000 rows/s and 20 MB/s"),
    ("OFF", .off, "off"),
  ])
  func ratesAreRead(text: String, rate: JobRate, shown: String) throws {
    #expect(try JobRate.parse(text) == rate)
    #expect(rate.description == shown)
    #expect(try JobRate.parse(shown) == rate)
  }

  @Test(arguments: [
    "", " ", "fast", "-5", "0", "0 MB/s", "20M", "5 apples/s", "5 rows/s and", "5 and 6", "1MB/s and 2MB/s", "nan",
    "inf", "1e400", "５",
  ])
  func whatIsNoRateIsRefusedWithAReason(text: String) {
    let error = #expect(throws: JobRateError.self) { try JobRate.parse(text) }
    #expect(error?.reason.isEmpty == false)
  }

  @Test func anyRateIsReadBackAsItIsWritten() throws {
    var random = SplitMix(state: 7)
    for _ in 0..<300 {
      let rate = JobRate(
        unitsPerSecond: Double(Int64.random(in: 1...1_000_000_000, using: &random)),
        bytesPerSecond: Double(Int64.random(in: 1...1_000_000_000_000, using: &random)))
      #expect(try JobRate.parse(rate.description) == rate)
    }
    #expect(try JobRate.parse(JobRate(unitsPerSecond: 1e-9).description).unitsPerSecond ?? 0 > 0)
  }
}
