import EventLoop
import Glibc
import JSON
import TestSupport
import Testing

@testable import Jobs

@Suite struct JobCentreTests {
  @Test @LoopActor func aJobRunsToItsEndAndIsWrittenDown() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre)
    #expect(job.state == .running)
    let end = await job.outcome()
    #expect(end.state == .done)
    #expect(end.outcome?.headline == "Count done, total 20.")
    #expect(centre.running.isEmpty)

    // As another shell reads it.
    let record = try await fixture.centre().record(job.id)
    #expect(record.plan == CentreFixture.plan())
    #expect(record.state == .done && !record.isHeld && !record.isResumable)
    #expect(record.steps.map(\.state) == [.done, .done])
    #expect(record.steps[0].detail == .object(["id": "backup-1"]))
    #expect(record.outcome == end.outcome)
    #expect(record.progress?.done == 20)
    #expect(record.owner == Operator.process && record.operatorName == Operator.name)
    #expect(record.startedAt != nil && record.endedAt != nil && record.error.isEmpty)
    let marks = try await centre.checkpoints(of: job.id)
    #expect(marks.map(\.position) == [[10], [10]] && marks.allSatisfy(\.isFinished))
    let kinds = try await centre.events(of: job.id).map(\.kind)
    #expect(kinds == ["started", "step_started", "step_done", "step_started", "step_done", "done"])
  }

  @Test @LoopActor func aFailureIsWrittenDownAndTheJobResumesWhereItFailed() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre) { $1.failsAtEnd = true }
    let end = await job.outcome()
    #expect(end.state == .failed && end.failure is CountingWork.Failure)
    var record = try await centre.record(job.id)
    #expect(record.error == "the disk of the target is full" && record.isResumable)
    #expect(record.steps.map(\.state) == [.done, .failed])
    #expect(record.steps[1].error == "the disk of the target is full")

    let second = try await fixture.resume(centre, job.id)
    #expect(fixture.works[1].counts == [10, 10])
    #expect(second.previousElapsed == .seconds(1))
    #expect(second.detail(of: "prepare") == .object(["id": "backup-1"]))
    #expect(await second.outcome().state == .done)
    record = try await centre.record(job.id)
    #expect(record.error.isEmpty && record.steps[1].error == nil)
    #expect(record.progress?.elapsed == .seconds(2))
  }

  @Test @LoopActor func whatWasDoneBeforeIsNotOfThisRun() async throws {
    let fixture = CentreFixture()
    let killed = fixture.centre()
    let job = try await fixture.start(killed, allowed: 4)
    let other = fixture.centre()
    try await eventually("the progress") { try await other.record(job.id).progress?.done == 8 }
    #expect(!job.isResumed)
    killed.abandon()
    // A run that has nothing to tell yet shows what the earlier one has come to.
    let second = try await fixture.resume(other, job.id) { $1.isSilent = true }
    #expect(second.isResumed)
    #expect(second.progress?.done == 8 && second.progress?.doneBefore == 8)
    #expect(try await fixture.centre().record(job.id).progress?.doneBefore == 8)
    #expect(await second.outcome().state == .done)
  }

  @Test @LoopActor func whatFailedInItsFirstStepDidNothing() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre) { $1.failsAtOnce = true }
    let end = await job.outcome()
    #expect(end.state == .failed && end.didNothing)
    #expect(try await fixture.centre().record(job.id).didNothing)
    let again = try await fixture.resume(centre, job.id) { $1.failsAtEnd = true }
    let second = await again.outcome()
    #expect(second.state == .failed && !second.didNothing)
  }

  @Test func whatAStepHasLeftTellsWhetherItDidAnything() {
    var step = StepRecord(plan: StepPlan(name: "start", title: "Start"))
    for state in StepState.allCases {
      step.state = state
      #expect(step.hasLeft == [.done, .skipped, .running].contains(state), "\(state)")
    }
    step.state = .failed
    step.detail = StepRecord.refused
    #expect(!step.hasLeft)
    step.detail = .object(["asked": true])
    #expect(step.hasLeft)
  }

  @Test @LoopActor func aPauseHoldsTheWorkAndWritesTheMarks() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    try await eventually("the third number") { fixture.works[0].counts == [3, 3] }
    let record = try await centre.request(job.id, .pause)
    #expect(record.state == .paused && job.gate.isClosed)
    let seen = try await fixture.centre().record(job.id)
    #expect(seen.state == .paused && seen.isHeld && !seen.isInterrupted)
    #expect(try await fixture.centre().checkpoints(of: job.id).map(\.position) == [[3], [3]])
    fixture.works[0].allowed = 10
    try await loopSleep(.milliseconds(10))
    #expect(fixture.works[0].counts.allSatisfy { $0 <= 4 })
    try await centre.request(job.id, .resume)
    #expect(await job.outcome().state == .done)
  }

  @Test @LoopActor func aPausedJobCanBeStopped() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    job.pause()
    job.stop()
    #expect(await job.outcome().state == .stopped)
    #expect(try await centre.record(job.id).isResumable)
    let again = try await fixture.resume(centre, job.id)
    #expect(await again.outcome().state == .done)
  }

  @Test @LoopActor func whatWasCancelledIsNotResumed() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    job.stop()
    job.cancel()
    #expect(await job.outcome().state == .cancelled)
    let error = await thrown(JobError.self) { try await fixture.resume(centre, job.id) }
    #expect(error == .final(job.id, .cancelled))
    let refusal = await thrown(JobError.self) { try await centre.request(job.id, .pause) }
    #expect(refusal == .notRunning(job.id, state: "cancelled"))
  }

  @Test @LoopActor func aKilledShellLeavesAnInterruptedJob() async throws {
    let fixture = CentreFixture()
    let killed = fixture.centre()
    let job = try await fixture.start(killed, allowed: 4)
    let other = fixture.centre()
    try await eventually("the checkpoints") {
      try await other.checkpoints(of: job.id).map(\.position) == [[4], [4]]
    }
    let error = await thrown(JobError.self) { try await fixture.resume(other, job.id) }
    #expect(error == .runsElsewhere(job.id, owner: Operator.process))
    killed.abandon()
    let record = try await other.record(job.id)
    #expect(record.isInterrupted && record.stateName == "interrupted" && record.isResumable)
    let second = try await fixture.resume(other, job.id, allowed: 4)
    #expect(fixture.works[1].counts == [4, 4])
    fixture.works[1].allowed = 10
    #expect(await second.outcome().outcome?.headline == "Count done, total 20.")
    let events = try await other.events(of: job.id)
    #expect(events.first { $0.kind == "resumed" }?.fields["was"] == "interrupted")
  }

  @Test @LoopActor func someWorkCannotFollowAKill() async throws {
    let fixture = CentreFixture()
    let killed = fixture.centre()
    let job = try await fixture.start(killed, allowed: 4)
    killed.abandon()
    let other = fixture.centre()
    let error = await thrown(JobError.self) {
      try await fixture.resume(other, job.id) { $1.mayFollowInterruption = false }
    }
    guard case .refused(job.id, _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    // The refusal has let go of the lock.
    #expect(try await fixture.centre().record(job.id).isInterrupted)
  }

  @Test @LoopActor func workThatCannotBeMadeLeavesNoJob() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    await #expect(throws: CountingWork.Failure.self) {
      _ = try await centre.start(CentreFixture.plan()) { _ in throw CountingWork.Failure() }
    }
    #expect(try await centre.list().isEmpty)
    let job = try await fixture.start(centre)
    #expect(await job.outcome().state == .done)
    #expect(job.id.rawValue == 2, "a number is not given twice")
  }

  @Test @LoopActor func anUnknownJobIsNamedWithItsNeighbour() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let none = await thrown(JobError.self) { _ = try await centre.record(JobID(rawValue: 7)) }
    #expect(none == .unknown(JobID(rawValue: 7), nearest: nil))
    #expect(try await centre.list().isEmpty)
    #expect(fixture.directory.read("state/journal.sqlite") == nil, "looking makes no journal")
    let job = try await fixture.start(centre)
    let near = await thrown(JobError.self) { try await fixture.resume(centre, JobID(rawValue: 7)) }
    #expect(near == .unknown(JobID(rawValue: 7), nearest: job.id))
    #expect(await job.outcome().state == .done)
  }

  @Test @LoopActor func withoutAPlaceToWriteJobsRunAndAWarningSaysIt() async throws {
    let directory = TemporaryDirectory("jobs")
    directory.write("file", "in the way")
    let centre = JobCentre(directory: directory.file("file/state"), tick: .milliseconds(4))
    let job = try await centre.start(CentreFixture.plan()) { CountingWork($0) }
    #expect(centre.warning?.contains("can be resumed") == true, "\(centre.warning ?? "")")
    #expect(await job.outcome().state == .done)
    #expect(try await centre.record(job.id).state == .done)
  }

  @Test @LoopActor func aJournalThatIsRemovedIsMissedAndTheJobsGoOn() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    var said: [String] = []
    _ = job.subscribe { event in
      if event.kind == "warning", let text = event.fields["message"]?.text { said.append(text) }
    }
    try await eventually("the third number") { fixture.works[0].counts == [3, 3] }
    #expect(rename(fixture.state, fixture.state + ".gone") == 0)
    try await eventually("a warning") { centre.warning != nil }
    #expect(said == [centre.warning ?? ""] && said[0].contains("was removed; jobs go on, but none can be resumed"))

    // For this shell everything is as it was, also for a job that it begins now.
    try await centre.request(job.id, .stop)
    #expect(await job.outcome().state == .stopped)
    #expect(await (try await fixture.resume(centre, job.id)).outcome().state == .done)
    let next = try await fixture.start(centre)
    #expect(await next.outcome().state == .done)
    #expect(try await centre.list().map(\.state) == [.done, .done] && said.count == 1)
    #expect(try await fixture.centre().list().isEmpty)
  }

  @Test @LoopActor func whoOnlyLookedBeginsANewJournal() async throws {
    let fixture = CentreFixture()
    let job = try await fixture.start(fixture.centre())
    #expect(await job.outcome().state == .done)
    let second = fixture.centre()
    #expect(try await second.list().count == 1)
    #expect(rename(fixture.state, fixture.state + ".gone") == 0)
    #expect(try await second.list().isEmpty)
    let next = try await fixture.start(second)
    #expect(await next.outcome().state == .done)
    #expect(second.warning == nil)
    #expect(try await fixture.centre().list().count == 1)
  }

  @Test @LoopActor func inMemoryNothingIsWrittenAndEverythingWorks() async throws {
    let fixture = CentreFixture()
    let centre = JobCentre(directory: nil, tick: .milliseconds(4))
    let job = try await fixture.start(centre, allowed: 3)
    #expect(centre.warning == nil)
    let error = await thrown(JobError.self) { try await fixture.resume(centre, job.id) }
    #expect(error == .runsElsewhere(job.id, owner: Operator.process))
    try await centre.request(job.id, .stop)
    #expect(await job.outcome().state == .stopped)
    let again = try await fixture.resume(centre, job.id)
    #expect(await again.outcome().state == .done)
    #expect(try await centre.list().map(\.state) == [.done])
  }

  @Test @LoopActor func jobsAreForgottenOnlyWhenNobodyHoldsThem() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let first = try await fixture.start(centre)
    _ = await first.outcome()
    let second = try await fixture.start(centre, allowed: 3)
    let other = fixture.centre()
    let error = await thrown(JobError.self) { try await other.forget(second.id) }
    #expect(error == .runsElsewhere(second.id, owner: Operator.process))
    #expect(try await other.prune(endedBefore: .max) == 1)
    #expect(try await centre.list().map(\.id) == [second.id])
    #expect(try fixture.connection().number("SELECT count(*) FROM steps") == 2, "with all that belongs to it")
    await centre.stopAll()
    try await other.forget(second.id)
    #expect(try await centre.list().isEmpty)
  }

  @Test @LoopActor func theRateIsKeptForTheNextRun() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let slow = JobRate(unitsPerSecond: 500)
    let job = try await fixture.start(centre, allowed: 3, rate: slow)
    #expect(job.rate == slow && fixture.works[0].limit == slow)
    let fast = JobRate(unitsPerSecond: 20_000, bytesPerSecond: 3e6)
    #expect(try await centre.request(job.id, .rate(fast)).rate == fast)
    #expect(fixture.works[0].limit == fast)
    await centre.stopAll()
    let other = fixture.centre()
    #expect(try await other.record(job.id).rate == fast)
    #expect(try await other.request(job.id, .rate(.off)).rate == .off)
    let again = try await fixture.resume(other, job.id)
    #expect(fixture.works[1].limit == .off)
    #expect(await again.outcome().state == .done)
    let stubborn = try await fixture.start(centre, allowed: 3) { $1.limit = nil }
    let error = await thrown(JobError.self) { try await centre.request(stubborn.id, .rate(slow)) }
    #expect(error == .noLimit(stubborn.id))
    await centre.stopAll()
  }

  @Test @LoopActor func onlyTheLatestEventsAreKept() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    for number in 0..<3 * JobChange.keptEvents {
      job.event("warning", ["number": .integer(Int64(number))])
      if number % 500 == 0 { await job.save() }
    }
    let events = try await centre.events(of: job.id)
    #expect(events.count <= JobChange.keptEvents && events.count > JobChange.keptEvents / 2)
    #expect(events.last?.fields["number"] == .integer(Int64(3 * JobChange.keptEvents - 1)))
    await centre.stopAll()
  }

  @Test @LoopActor func subscribersHearOfProgressUntilTheyLeave() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    var heard: [String] = []
    var left: [String] = []
    let job = try await fixture.start(centre, allowed: 3) { job, _ in
      _ = job.subscribe { heard.append($0.kind) }
    }
    let subscription = job.subscribe { left.append($0.kind) }
    try await eventually("progress") { heard.contains("progress") }
    job.unsubscribe(subscription)
    let before = left
    fixture.works[0].allowed = 10
    _ = await job.outcome()
    #expect(heard.first == "started" && heard.last == "done")
    #expect(left == before)
    #expect(try await !centre.events(of: job.id).contains { $0.kind == "progress" })
  }
}
