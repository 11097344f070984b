import EventLoop
import Jobs
import Testing

@testable import ShellCommands

/// Two splits of the same files, and a clean-up under a split that runs.
@Suite(.serialized) struct SplitTogetherTests {
  private final class Waiting: JobWork {
    func run(in job: Job) async throws -> JobOutcome {
      try await loopSleep(.seconds(60))
      return JobOutcome(isComplete: true, headline: "")
    }

    var progress: JobProgress? { nil }
    func takeCheckpoints() -> [Checkpoint] { [] }
    func apply(_ rate: JobRate) -> Bool { false }
  }

  @Test @LoopActor func theSecondIsRefused() async throws {
    try await withBench(isJournaled: true) { bench in
      for number in 0..<20 { await bench.run("set key\(number) sort value\(number)") }
      #expect(await bench.run("backup t1 local_service").error == nil)
      let split = "offline_split -b local_service -a t1 --to_cluster A --to_table_id 9 --partition_count 3 --to_root"
      #expect(await bench.run("\(split) bulk").error == nil)
      let plan = try #require(try await bench.session.jobs.list().last?.plan)
      #expect(await bench.run("\(split) bulk --clean").error == nil)

      let first = try await bench.session.jobs.start(plan) { _ in Waiting() }
      for line in ["\(split) bulk", "\(split) bulk --clean"] {
        let second = await bench.run(line)
        #expect(second.error?.status == .refused, "\(line)")
        #expect(second.error?.message == "job \(first.id) makes the files in bulk/A/t1 now")
        #expect(second.error?.advice == "'attach \(first.id)' shows it, 'stop \(first.id)' ends it")
      }
      #expect(await bench.run("\(split) other").error == nil)
      first.stop()
      #expect(await first.outcome().state == .stopped)
      #expect(await bench.run("\(split) bulk").error == nil)
    }
  }
}
