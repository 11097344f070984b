import Jobs
import Testing

@testable import ShellCommands

@Suite struct JobKeysTests {
  @Test func plusAndMinusChangeALimitByAQuarter() {
    var record = JobViewTests.record()
    record.rate = JobRate(unitsPerSecond: 1000, bytesPerSecond: 4_000_000)
    #expect(JobKeys.rate(after: record, factor: 1.25) == JobRate(unitsPerSecond: 1250, bytesPerSecond: 5_000_000))
    #expect(JobKeys.rate(after: record, factor: 0.75) == JobRate(unitsPerSecond: 750, bytesPerSecond: 3_000_000))
  }

  @Test func withoutALimitMinusBeginsBelowThePresentRate() {
    let record = JobViewTests.record { $0.rate = 10_000 }
    #expect(JobKeys.rate(after: record, factor: 0.75) == JobRate(unitsPerSecond: 7500))
    #expect(JobKeys.rate(after: record, factor: 1.25) == nil)
    #expect(JobKeys.rate(after: JobViewTests.record { $0.rate = 0 }, factor: 0.75) == nil)
  }

  @Test func theHelpFitsOnAScreenOfEightyColumns() {
    #expect((JobKeys.help(isOwn: true) + JobKeys.help(isOwn: false)).allSatisfy { $0.count <= 77 })
  }

  @Test func aLimitNeverBecomesAStop() {
    var record = JobViewTests.record()
    record.rate = JobRate(unitsPerSecond: 1)
    #expect(JobKeys.rate(after: record, factor: 0.75) == JobRate(unitsPerSecond: 1))
  }
}
