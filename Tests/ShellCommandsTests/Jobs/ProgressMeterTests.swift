import EventLoop
import Jobs
import Testing

@testable import ShellCommands

/// What is shown as done in the last second, also in the first one after a resume.
@Suite struct ProgressMeterTests {
  private func progress(_ meter: inout ProgressMeter, done: Int64, second: Double) -> JobProgress {
    var progress = JobProgress(step: "transfer", verb: "Copy", unit: "rows")
    progress.done = done
    progress.elapsed = .milliseconds(Int64(second * 1000))
    meter.measure(&progress, decided: done + 7, left: nil, fraction: nil)
    return progress
  }

  @Test func aFirstRunBeginsAtNothing() {
    var meter = ProgressMeter(isResumed: false)
    let first = progress(&meter, done: 300, second: 1)
    #expect(first.lastSecond == 307 && first.doneBefore == 0)
    #expect(progress(&meter, done: 500, second: 2).lastSecond == 200)
  }

  @Test func aResumedRunDoesNotCountWhatWasDoneBefore() {
    var meter = ProgressMeter(from: ProgressMeter.Start(decided: 5005, done: 5000))
    let first = progress(&meter, done: 5100, second: 61)
    #expect(first.lastSecond == 102 && first.doneBefore == 5000)
    #expect(progress(&meter, done: 5400, second: 62).lastSecond == 300)
    // Where nobody has noted it, the first look tells.
    var watching = ProgressMeter(isResumed: true)
    let found = progress(&watching, done: 6, second: 61)
    #expect(found.lastSecond == 0 && found.doneBefore == 6)
    #expect(progress(&watching, done: 8, second: 62).lastSecond == 2)
  }

  @Test func thousandthsAreUnitsAgain() {
    var meter = ProgressMeter(isResumed: true)
    var progress = JobProgress(step: "wait", verb: "Restore", unit: "partitions")
    progress.done = 3
    progress.elapsed = .seconds(61)
    meter.measure(&progress, thousandths: 3500, of: 8)
    #expect(progress.lastSecond == 0 && progress.doneBefore == 3)
    progress.elapsed = .seconds(62)
    meter.measure(&progress, thousandths: 5500, of: 8)
    #expect(progress.lastSecond == 2 && progress.rate == 2)
  }

  /// Fails at once.
  private final class NoWork: JobWork {
    func run(in job: Job) async throws -> JobOutcome { throw ShellError("no") }
  }

  @Test @LoopActor func whoWatchesServersCountsFromItsFirstLook() async throws {
    func step(_ watch: ServerWatch, _ verb: String, done: Int64) -> Int64 {
      var progress = watch.progress("wait", verb: verb, unit: "partitions")
      progress.done = done
      watch.meter.measure(&progress, decided: done, left: nil, fraction: nil)
      return progress.lastSecond
    }
    let centre = JobCentre(directory: nil)
    var watches: [ServerWatch] = []
    func work(_ job: Job) -> NoWork {
      watches.append(ServerWatch(JobScope(job)))
      return NoWork()
    }
    let job = try await centre.start(JobPlan(kind: "backup", title: "", commandLine: "", steps: []), makeWork: work)
    _ = await job.outcome()
    _ = await (try await centre.resume(job.id, makeWork: work)).outcome()
    try #require(watches.count == 2)
    #expect(step(watches[0], "Download", done: 3) == 3)
    // Asked before the servers have told anything, as a viewer does.
    _ = watches[1].progress("start", verb: "Download", unit: "partitions")
    #expect(step(watches[1], "Download", done: 3) == 0)
    #expect(step(watches[1], "Ingest", done: 2) == 2, "that has begun under its eyes")
    await centre.close()
  }

  @Test func theFirstLineAfterAResumeTellsOfThisRun() {
    var meter = ProgressMeter(from: ProgressMeter.Start(decided: 5007, done: 5000))
    // What the journal knows may be more than what the run goes on from: rows on their way when it was killed.
    var known = JobProgress(step: "transfer", verb: "Copy", unit: "rows")
    known.done = 5200
    var last = LastLine(known)
    #expect(last.step(to: known) == 0)
    #expect(last.step(to: progress(&meter, done: 5100, second: 61)) == 100)
    #expect(last.step(to: progress(&meter, done: 5350, second: 62)) == 250)
    var later = LastLine(known)
    #expect(later.step(to: progress(&meter, done: 5400, second: 63)) == 400, "all of this run")
  }
}
