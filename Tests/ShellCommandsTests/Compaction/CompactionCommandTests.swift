import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct CompactionCommandTests {
  @Test @LoopActor
  func everyReplicaIsWaitedForEachTime() async throws {
    try await withBench(isJournaled: true) { bench in
      for number in 0..<20 { await bench.run("set key\(number) sort value") }
      #expect(await bench.run("query_manual_compact_status -a t1").output.contains("meta_progress(%)  : -"))
      var ends: [CompactionState.Before] = []
      let identity = try await TableIdentity(of: bench.session.table(), in: bench.session.here())
      for _ in 0..<2 {
        let done = await bench.run("start_manual_compact -a t1 -b -c 1 --wait")
        #expect(done.error == nil)
        #expect(done.output == "Compacted table 't1', 12 replicas of 4 partitions.\n")
        ends.append(try await CompactionState.ask(identity, of: bench.session.cluster()).ends)
      }
      // The second one did not take the ends of the first for its own.
      #expect(ends[0].count == 4 && ends[1].count == 4)
      #expect((0..<Int32(4)).allSatisfy { ends[0][$0]?.isDisjoint(with: ends[1][$0] ?? []) == true })
      let status = await bench.run("query_manual_compact_status -a t1 -d -j")
      let json = try JSONParser.parse(status.output.utf8)
      #expect(json["replicas"]?.elements.count == 12)
      #expect(json["replicas"]?.elements.allSatisfy { $0["status"]?.text == "idle" } == true)
    }
  }

  @Test @LoopActor
  func withoutWaitingItSaysThatItHasBegun() async throws {
    try await withBench { bench in
      #expect(await bench.run("start_manual_compact -a t1").output == "start manual compaction succeed\n")
      #expect(await bench.run("start_manual_compact -a nosuch").error?.advice.contains("t1") == true)
      await bench.run("set_app_envs manual_compact.disabled true")
      for waiting in ["", " --wait"] {
        let refused = await bench.run("start_manual_compact -a t1\(waiting)")
        #expect(refused.error?.message.contains("ERR_OPERATION_DISABLED") == true)
        #expect(refused.error?.advice.contains("del_app_envs manual_compact.disabled") == true)
      }
    }
  }

  /// Asks, and hears nothing.
  @LoopActor
  private final class LostAnswer: JobWork {
    func run(in job: Job) async throws -> JobOutcome {
      try await job.step(CompactionWork.start.name) {
        try await job.setDetail(.object(["asked": true, "trigger": .null]), of: CompactionWork.start.name)
        throw ClientError(.outcomeUnknown(last: "timeout"), while: "compact")
      }
    }
  }

  /// What was refused was not asked for.
  @Test @LoopActor
  func whatWasRefusedIsTriedAgain() async throws {
    try await withBench(isJournaled: true) { bench in
      await bench.run("set_app_envs manual_compact.disabled true")
      let refused = await bench.run("start_manual_compact -a t1 --wait")
      #expect(refused.error?.advice.hasSuffix("; 'resume 1' tries again") == true, "\(refused)")
      await bench.run("del_app_envs manual_compact.disabled")
      let resumed = await bench.run("resume 1")
      #expect(resumed.error == nil && resumed.output.hasPrefix("Compacted table 't1', 12 replicas"), "\(resumed)")
    }
  }

  /// An answer that was lost: the next run finds what was asked for, and does not ask for it again.
  @Test @LoopActor
  func whatWasAskedForIsNotAskedForAgain() async throws {
    try await withBench(isJournaled: true) { bench in
      let cluster = try bench.session.cluster()
      let plan = CompactionPlan(table: try await TableIdentity(of: cluster.table("t1"), in: bench.session.here()))
      let job = try await bench.session.jobs.start(
        JobPlan(
          kind: "start_manual_compact", title: plan.title, commandLine: "", parameters: plan.parameters,
          steps: [CompactionWork.start, CompactionWork.compact])
      ) { _ in LostAnswer() }
      #expect(await job.outcome().state == .failed)
      // The request had been taken all the same.
      try await cluster.startCompaction(table: "t1", bottommost: false)
      let trigger = try await cluster.compactionTrigger(table: "t1")
      let resumed = await bench.run("resume 1")
      #expect(resumed.error == nil)
      #expect(try await cluster.compactionTrigger(table: "t1") == trigger)
    }
  }

  @Test @LoopActor
  func aScenarioIsEffectiveWhenEveryReplicaHasIt() async throws {
    try await withBench { bench in
      let cluster = try bench.session.cluster()
      let info = try #require(try await cluster.tableInfo("t1"))
      let check = EffectiveScenario(cluster: cluster, tableID: info.appId, partitionCount: Int(info.partitionCount))
      #expect(try await check.look(for: "normal") == .effective)
      #expect(try await check.look(for: "bulk_load") == .pending(12, of: 12))
      await bench.run("set_app_envs rocksdb.usage_scenario bulk_load")
      try await check.wait(for: "bulk_load", PatientQuery()) { _ in }
      #expect(try await check.look(for: "bulk_load") == .effective)
      #expect(try await check.look(for: "normal") == .pending(12, of: 12))
      // A partition that nobody tells of is not there yet.
      let larger = EffectiveScenario(cluster: cluster, tableID: info.appId, partitionCount: 5)
      #expect(try await larger.look(for: "bulk_load") == .pending(1, of: 13))
    }
  }
}
