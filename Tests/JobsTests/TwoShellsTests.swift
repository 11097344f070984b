import EventLoop
import Glibc
import TestSupport
import Testing

@testable import Jobs

/// Two centres on one directory are two shells: each has its own connection, and locks count between them.
@Suite struct TwoShellsTests {
  @Test @LoopActor func eachSeesAndControlsTheJobsOfTheOther() async throws {
    let fixture = CentreFixture()
    let ours = fixture.centre()
    let theirs = fixture.centre()
    let job = try await fixture.start(ours, allowed: 3)
    #expect(try await theirs.list().map(\.stateName) == ["running"])
    #expect(try await theirs.request(job.id, .pause).state == .paused)
    #expect(job.state == .paused && job.gate.isClosed)
    let rate = JobRate(bytesPerSecond: 2_097_152)
    #expect(try await theirs.request(job.id, .rate(rate)).rate == rate)
    #expect(fixture.works[0].limit == rate)
    #expect(try await theirs.request(job.id, .resume).state == .running)
    try await theirs.request(job.id, .stop)
    #expect(await job.outcome().state == .stopped)

    // And now the other way round.
    let second = try await fixture.resume(theirs, job.id, allowed: 3)
    try await ours.request(job.id, .cancel)
    #expect(await second.outcome().state == .cancelled)
    #expect(try await ours.record(job.id).state == .cancelled)
    #expect(try fixture.connection().number("SELECT count(*) FROM requests") == 0)
  }

  @Test @LoopActor func aRefusalComesBackWithItsReason() async throws {
    let fixture = CentreFixture()
    let ours = fixture.centre()
    let theirs = fixture.centre()
    let job = try await fixture.start(ours, allowed: 3) { $1.limit = nil }
    let error = await thrown(JobError.self) { try await theirs.request(job.id, .rate(.off)) }
    #expect(error == .refused(job.id, reason: "it has no limit that could be set"))
    await ours.stopAll()
  }

  @Test @LoopActor func onlyOneOfManyResumes() async throws {
    let fixture = CentreFixture()
    let first = fixture.centre()
    let job = try await fixture.start(first, allowed: 3)
    first.abandon()
    let centres = (0..<6).map { _ in fixture.centre() }
    let tasks = centres.map { centre in
      Task { @LoopActor in try await fixture.resume(centre, job.id, allowed: 3) }
    }
    var winners = 0
    for task in tasks {
      switch await task.result {
      case .success: winners += 1
      case .failure(let error): #expect(error as? JobError == .runsElsewhere(job.id, owner: Operator.process))
      }
    }
    #expect(winners == 1)
    for centre in centres { await centre.stopAll() }
  }

  @Test @LoopActor func aShellThatHangsIsNotWaitedForForEver() async throws {
    let fixture = CentreFixture()
    let hanging = JobCentre(directory: fixture.state, tick: .seconds(1000))
    let job = try await fixture.start(hanging, allowed: 3)
    let other = JobCentre(directory: fixture.state, tick: .milliseconds(4), patience: .milliseconds(60))
    let error = await thrown(JobError.self) { try await other.request(job.id, .pause) }
    #expect(error == .notTaken(job.id, owner: Operator.process))
    #expect(try fixture.connection().number("SELECT count(*) FROM requests") == 0, "it was taken back")
    await hanging.stopAll()
  }

  @Test @LoopActor func whatADeadShellAskedAnEarlierRunForIsNotDone() async throws {
    let fixture = CentreFixture()
    let killed = fixture.centre()
    let job = try await fixture.start(killed, allowed: 3)
    killed.abandon()
    // The asker was killed as well, and could not take it back.
    let request = try fixture.connection().insert(.cancel, for: job.id, asker: "process 1 on a machine")
    let other = fixture.centre()
    let again = try await fixture.resume(other, job.id, allowed: 3)
    // Requests are taken in their order.
    #expect(try await fixture.centre().request(job.id, .pause).state == .paused)
    #expect(again.state == .paused && !again.isEnding)
    #expect(try fixture.connection().answer(to: request) == "it was about to be resumed; ask again")
    await other.stopAll()
  }

  @Test(.timeLimit(.minutes(1))) @LoopActor func aRequestThatVanishesIsNotWaitedForForEver() async throws {
    let fixture = CentreFixture()
    let hanging = JobCentre(directory: fixture.state, tick: .seconds(1000))
    let job = try await fixture.start(hanging, allowed: 3)
    let other = JobCentre(directory: fixture.state, tick: .milliseconds(4), patience: .seconds(1))
    let asking = Task { @LoopActor in try await other.request(job.id, .pause) }
    let connection = try fixture.connection()
    try await eventually("the request") { try connection.number("SELECT count(*) FROM requests") == 1 }
    try connection.run("DELETE FROM requests")
    await #expect(throws: JobError.notTaken(job.id, owner: Operator.process)) { try await asking.value }
    await hanging.stopAll()
  }

  @Test(arguments: [JobRequest.pause, .cancel])
  @LoopActor func aRequestToAShellThatDiesIsAnsweredByItsDeath(request: JobRequest) async throws {
    let fixture = CentreFixture()
    let dying = JobCentre(directory: fixture.state, tick: .seconds(1000))
    let job = try await fixture.start(dying, allowed: 3)
    let other = fixture.centre()
    let asking = Task { @LoopActor in try await other.request(job.id, request) }
    try await eventually("the request") {
      try fixture.connection().number("SELECT count(*) FROM requests") == 1
    }
    dying.abandon()
    if request == .cancel {
      #expect(try await asking.value.state == .cancelled)
    } else {
      await #expect(throws: JobError.notRunning(job.id, state: "interrupted")) { try await asking.value }
    }
  }

  @Test @LoopActor func aJobThatNobodyWorksOnCanBeCancelled() async throws {
    let fixture = CentreFixture()
    let killed = fixture.centre()
    let job = try await fixture.start(killed, allowed: 3)
    killed.abandon()
    let other = fixture.centre()
    #expect(try await other.request(job.id, .cancel).state == .cancelled)
    let error = await thrown(JobError.self) { try await other.request(job.id, .cancel) }
    #expect(error == .notRunning(job.id, state: "cancelled"))
  }

  /// A lock belongs to an open file description; a child that has it as its standard input holds it like a second shell.
  @Test @LoopActor func theDeathOfAProcessFreesItsJobs() async throws {
    let fixture = CentreFixture()
    let centre = fixture.centre()
    let job = try await fixture.start(centre, allowed: 3)
    await centre.stopAll()
    let locks = JobLocks(directory: fixture.state)
    let lock = try locks.take(job.id, owner: "process 4711 on far-away")
    let child = try Spawn.start(
      "/bin/sleep", ["1000"], streams: .descriptors(try #require(lock).descriptor, nil, nil))
    lock?.release()
    #expect(try await centre.record(job.id).isHeld)
    let error = await thrown(JobError.self) { try await fixture.resume(centre, job.id) }
    #expect(error == .runsElsewhere(job.id, owner: "process 4711 on far-away"))
    kill(child, SIGKILL)
    _ = try await BlockingPool.run { try Spawn.wait(for: child) }
    #expect(try await !centre.record(job.id).isHeld)
    let again = try await fixture.resume(centre, job.id)
    #expect(await again.outcome().state == .done)
  }
}
