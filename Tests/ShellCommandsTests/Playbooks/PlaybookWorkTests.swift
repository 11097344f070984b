import Copying
import EventLoop
import JSON
import Jobs
import TestSupport
import Testing

@testable import ShellCommands

/// The acts of a playbook in a job, whatever they do.
@Suite(.serialized) struct PlaybookWorkTests {
  /// An act that notes when it runs, and fails while it is told to.
  @LoopActor
  private final class FakeAct: PlaybookAct {
    nonisolated let name: String
    nonisolated var title: String { "do \(name)" }
    let steps: [StepPlan]
    let log: Log
    let undoTitle: String?

    init(_ name: String, _ log: Log, undoTitle: String? = nil) {
      self.name = name
      self.log = log
      self.undoTitle = undoTitle
      steps = [StepPlan(name: "first", title: "First"), StepPlan(name: "last", title: "Last")]
    }

    func recall(_ trace: PlaybookTrace) {
      if let left = trace.detail(of: "first")["left"]?.text { log.lines.append("recall \(name) \(left)") }
    }

    func run(in scope: JobScope) async throws -> JobOutcome? {
      log.lines.append("run \(name)")
      try await scope.step("first") { try await scope.setDetail(.object(["left": .string(name)]), of: "first") }
      if let failure = log.failures[name] { throw failure }
      if let outcome = log.outcomes[name] { return outcome }
      return JobOutcome(isComplete: true, headline: "\(name) done")
    }

    func remains(_ trace: PlaybookTrace) -> String? { undoTitle == nil || !trace.hasBegun ? nil : "\(name) stays" }

    var progress: JobProgress? { JobProgress(step: "first", verb: "Fake", unit: "things") }

    func takeCheckpoints() -> [Checkpoint] { [Checkpoint(step: "first", part: 1, isFinished: true)] }
  }

  @LoopActor
  private final class Log {
    var lines: [String] = []
    var failures: [String: any Error] = [:]
    var outcomes: [String: JobOutcome] = [:]
  }

  @LoopActor
  private func prepared(_ log: Log) -> PreparedPlaybook {
    PreparedPlaybook(
      title: "fake", headline: "All done.",
      acts: [FakeAct("one", log, undoTitle: "undo one"), FakeAct("two", log), FakeAct("three", log)])
  }

  private static func plan(_ playbook: PreparedPlaybook) async -> JobPlan {
    JobPlan(kind: "fake", title: "fake", commandLine: "", steps: await playbook.steps)
  }

  @Test @LoopActor
  func actsThatHaveEndedAreNotRunAgain() async throws {
    let directory = TemporaryDirectory("playbook")
    let log = Log()
    let centre = JobCentre(directory: directory.path)
    log.failures["two"] = ShellError("no luck", advice: "try again", status: .unreachable)
    let job = try await centre.start(await Self.plan(prepared(log))) { PlaybookWork(self.prepared(log), job: $0) }
    let end = await job.outcome()
    #expect(log.lines == ["run one", "run two"])
    #expect(end.state == .failed)
    #expect(end.outcome?.status == ExitStatus.unreachable.rawValue)
    #expect(end.outcome?.result["error"]?.text == "two: no luck" && end.outcome?.result["act"]?.text == "two")
    #expect(end.outcome?.advice == "try again; 'undo 1' takes back what was done")
    #expect(end.outcome?.lines == ["WARNING: one stays"])
    #expect(job.record.steps.map(\.plan.name).prefix(3) == ["one.first", "one.last", "two.first"])
    #expect(try await centre.checkpoints(of: job.id).map(\.step) == ["one.first", "two.first"])
    #expect(end.outcome?.result["acts"]?["one"] != nil)

    log.failures = [:]
    log.lines = []
    let again = try await centre.resume(job.id) { PlaybookWork(self.prepared(log), job: $0) }
    let done = await again.outcome()
    #expect(log.lines == ["recall one one", "recall two two", "run two", "run three"])
    #expect(done.state == .done && done.outcome?.headline == "All done.")
    #expect(done.outcome?.lines == ["one done", "two done", "three done"])
    #expect(again.record.steps.allSatisfy { $0.state == .done || $0.state == .skipped })
    await centre.close()
  }

  @Test @LoopActor
  func anActThatIsNotCompleteEndsTheJob() async throws {
    let log = Log()
    let centre = JobCentre(directory: nil)
    log.outcomes["one"] = JobOutcome(
      isComplete: false, status: 4, headline: "", advice: "switch it on", result: .object(["error": "waiting"]))
    let job = try await centre.start(await Self.plan(prepared(log))) { PlaybookWork(self.prepared(log), job: $0) }
    let end = await job.outcome()
    #expect(log.lines == ["run one"])
    #expect(end.state == .failed && end.outcome?.status == 4)
    #expect(end.outcome?.result["error"]?.text == "one: waiting")
    await centre.close()
  }

  @Test @LoopActor
  func whatAnActHasFoundIsTheEnd() async throws {
    let log = Log()
    let centre = JobCentre(directory: nil)
    log.outcomes["two"] = JobOutcome(isComplete: true, status: 1, headline: "different", advice: "look")
    let job = try await centre.start(await Self.plan(prepared(log))) { PlaybookWork(self.prepared(log), job: $0) }
    let end = await job.outcome()
    #expect(log.lines == ["run one", "run two", "run three"])
    #expect(end.state == .done && end.outcome?.status == 1)
    #expect(end.outcome?.result["error"]?.text == "two: different")
    await centre.close()
  }

  @Test @LoopActor
  func aStopIsNoError() async throws {
    let log = Log()
    let centre = JobCentre(directory: nil)
    log.failures["one"] = CancellationError()
    let job = try await centre.start(await Self.plan(prepared(log))) { PlaybookWork(self.prepared(log), job: $0) }
    let end = await job.outcome()
    #expect(end.outcome?.status == ExitStatus.interrupted.rawValue && end.outcome?.result["error"] == nil)
    await centre.close()
  }
}
