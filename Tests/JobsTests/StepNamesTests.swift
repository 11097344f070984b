import Testing

@testable import Jobs

/// Names of steps in a part of a job and in the job.
struct StepNamesTests {
  @Test func aPartPutsItsNameBeforeThem() {
    let names = StepNames("backup")
    #expect(names.full("start") == "backup.start" && names.own("backup.start") == "start")
    #expect(names.full("backup") == "backup" && names.own("backup") == "backup")
    #expect(names.own("backups.start") == nil && names.own("restore.start") == nil && names.own("start") == nil)
  }

  @Test func theWholeJobLeavesThemAlone() {
    let names = StepNames("")
    #expect(names.full("start") == "start" && names.own("backup.start") == "backup.start")
  }
}
