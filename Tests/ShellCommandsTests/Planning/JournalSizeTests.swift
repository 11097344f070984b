import Copying
import EventLoop
import FoundationEssentials
import JSON
import Jobs
import PegasusProtocol
import TestSupport
import Testing

/// The journal is not larger than a plan says.
@Suite(.serialized) struct JournalSizeTests {
  @LoopActor
  private final class ManyParts: JobWork {
    private let parts: Int32
    private var round = 0

    init(_ parts: Int32) { self.parts = parts }

    func run(in job: Job) async throws -> JobOutcome {
      try await job.step("copy") {
        while round < 3 { try await loopSleep(.milliseconds(10)) }
      }
      return JobOutcome(isComplete: true, headline: "Copy done.")
    }

    var progress: JobProgress? {
      var progress = JobProgress(step: "copy", verb: "Copy", unit: "rows")
      progress.partCount = Int(parts)
      progress.parts = (0..<parts).map {
        JobProgress.Part(number: $0, state: "running", done: 26_214_400, note: "16,384 rows/s")
      }
      return progress
    }

    func takeCheckpoints() -> [Checkpoint] {
      round += 1
      return (0..<parts).map { part in
        Checkpoint(
          step: "copy", part: part, position: Array("\u{0}\u{14}user00000042\(part)\(round)".utf8),
          detail: .object([
            "read": 26_214_400, "copied": 26_214_000, "filtered": 100, "expired": 300, "existing": 0, "failed": 0,
            "bytes": 26_843_545_600,
          ]))
      }
    }
  }

  @Test @LoopActor
  func aShellsJournalIsNotLargerThanPlanned() async throws {
    let directory = TemporaryDirectory("journal")
    let centre = JobCentre(directory: directory.path, tick: .milliseconds(20))
    let plan = JobPlan(
      kind: "copy_data", title: "A:users -> B:users", commandLine: "copy_data -c B -a users -p 0-204",
      steps: [StepPlan(name: "copy", title: "Copy the rows")])
    let job = try await centre.start(plan) { _ in ManyParts(205) }
    _ = await job.outcome()
    let part = try #require(try HundredTerabytes(.even).plan.shells.first)
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasPrefix("journal") }
    let bytes = try files.reduce(Int64(0)) {
      $0 + Int64(try Data(contentsOf: URL(filePath: directory.file($1))).count)
    }
    #expect(bytes > 205 * 100, "all of its checkpoints are there")
    #expect(bytes <= part.journalBytes)
  }
}
