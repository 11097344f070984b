import EventLoop
import JSON
import Jobs
import PegasusClient
import Testing

@testable import ShellCommands

/// How a job ended, as the command says it and as a message does.
@Suite @LoopActor struct JobEndingTests {
  private let outcome = JobOutcome(
    isComplete: true, headline: "Copy done, total 3 rows.",
    lines: ["INFO: split[0]: 3 rows", "a result", "WARNING: slow", "ERROR: row lost"],
    result: .object(["rows": 3]))

  private func ending(
    _ state: JobState, _ outcome: JobOutcome? = nil, failure: (any Error)? = nil, kind: String = "copy_data"
  ) -> JobEnding {
    JobEnding(
      id: JobID(rawValue: 7), plan: JobPlan(kind: kind, title: "A:t -> B:t", commandLine: "", steps: []),
      end: JobEnd(state: state, outcome: outcome, failure: failure))
  }

  @Test func resultsAndMessagesGoTheirWays() {
    let shell = FakeShell()
    ending(.done, outcome).show(on: shell.session.output, asJSON: false)
    #expect(shell.output() == "a result\nCopy done, total 3 rows.\n")
    #expect(shell.errorOutput() == "INFO: split[0]: 3 rows\nWARNING: slow\nERROR: row lost\n")
    ending(.done, outcome).show(on: shell.session.output, asJSON: true)
    #expect(shell.output().contains("\"rows\": 3") && shell.errorOutput().hasPrefix("INFO: "))
  }

  @Test func aHeadlineAmongTheLinesIsSaidOnce() {
    let shell = FakeShell()
    let outcome = JobOutcome(isComplete: true, headline: "Count done.", lines: ["Count done.", "sizes"])
    ending(.done, outcome).show(on: shell.session.output, asJSON: false)
    #expect(shell.output() == "Count done.\nsizes\n")
  }

  @Test func theStatusTellsWhatBecameOfIt() {
    #expect(ending(.done, outcome).error == nil)
    var different = outcome
    (different.status, different.result) = (1, .object(["error": "the tables differ"]))
    #expect(ending(.done, different).error?.message == "the tables differ")
    #expect(ending(.done, different).error?.status == .problem)
    #expect(ending(.stopped, nil).error?.status == .interrupted)
    #expect(ending(.stopped, nil).error?.advice == "'resume 7' goes on")
    #expect(ending(.stopped, nil, kind: "count_data").error?.advice == "'resume 7' begins anew")
    let failure = ClientError(.noLeader(attempts: [], after: .seconds(1)), while: "copy")
    #expect(ending(.failed, failure: failure).error?.status == .unreachable)
    #expect(ending(.failed, failure: failure).error?.advice.hasSuffix("; 'resume 7' goes on") == true)
    #expect(ending(.cancelled, nil).error?.advice == "")
  }

  @Test func howToGoOnIsSaidOnce() {
    func advice(_ text: String, didNothing: Bool = false) -> String? {
      let outcome = JobOutcome(isComplete: false, status: 1, headline: "", advice: text)
      let end = JobEnd(state: .failed, outcome: outcome, didNothing: didNothing)
      let plan = JobPlan(kind: "copy_data", title: "", commandLine: "", steps: [])
      return JobEnding(id: JobID(rawValue: 7), plan: plan, end: end).error?.advice
    }
    #expect(advice("make room") == "make room; 'resume 7' goes on")
    #expect(advice("make room", didNothing: true) == "make room; 'resume 7' tries again")
    #expect(advice("switch it on; then 'resume 7'") == "switch it on; then 'resume 7'")
    #expect(advice("'ls' shows it; 'resume' tries again") == "'ls' shows it; 'resume 7' tries again")
    #expect(advice("'resume 71' is another one") == "'resume 71' is another one; 'resume 7' goes on")
  }

  @Test func aMessageNamesTheJob() {
    #expect(ending(.done, outcome).message == "#7 Copy done, total 3 rows. (copy_data A:t -> B:t)")
    #expect(ending(.stopped).message == "#7 copy_data A:t -> B:t stopped; 'resume 7' goes on")
    let refused = ShellError("the disk is full", advice: "make room")
    #expect(
      ending(.failed, failure: refused).message
        == "#7 copy_data A:t -> B:t failed: the disk is full; make room; 'resume 7' goes on")
  }

  @Test func anInterruptionIsToldWithItsRemedy() {
    var record = JobViewTests.record()
    record.isHeld = false
    record.writtenAt = 1_000_000
    #expect(
      InterruptedJobs.line(record, now: 1_000_000 + 12 * 60_000)
        == "copy A:t -> B:t (61 %) was interrupted 12 min ago: 'resume 7' goes on, 'job 7' shows it")
  }

  @Test func limitsThatAKilledMigrationHasLeftAreNamed() {
    let plan = MigrationPlanTests.plan
    var before = LimitsBefore()
    before.add(plan.limits[0], "host:1", value: "200")
    before.add(plan.limits[0], "host:2", value: "50")
    // That one had the value before.
    before.add(plan.limits[1], "host:3", value: "20")
    var record = JobViewTests.record()
    (record.isHeld, record.writtenAt, record.progress) = (false, 1_000_000, nil)
    (record.plan.kind, record.plan.parameters) = ("migrate_by_backup", plan.json)
    let steps = ["limit", "backup.start", "limit_back"].map { StepPlan(name: $0, title: $0) }
    record.steps = steps.map { StepRecord(plan: $0) }
    func line() -> String { InterruptedJobs.line(record, now: 1_000_000 + 60_000) }
    let told = "migrate_by_backup A:t -> B:t was interrupted 1 min ago: 'resume 7' goes on, 'job 7' shows it"
    #expect(line() == told)
    record.steps[0].detail = before.json
    #expect(line() == told + "; limits were not set back (upload of A: 50 MB/s): the job's end or 'undo 7' does that")
    // The other migration keeps its plan in another place.
    record.plan.kind = "migrate_by_bulk_load"
    record.plan.parameters = .object(["migration": plan.json])
    #expect(line().contains("(upload of A: 50 MB/s)"))
    record.steps[2].state = .done
    #expect(!line().contains("limits"))
  }
}
