import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol
import StorageEngine
import TestSupport
import Testing

@testable import ShellCommands

/// A shell that dies between asking for a bulk load and hearing the answer; the load has ended when another one looks.
@Suite(.serialized) struct LostLoadTests {
  /// Does what the work of a load does up to that moment.
  private final class Lost: JobWork {
    struct Death: Error {}

    let cluster: ClusterClient
    let request: StartBulkLoadRequest
    let before: BulkLoadStatus

    init(_ cluster: ClusterClient, _ request: StartBulkLoadRequest, before: BulkLoadStatus) {
      self.cluster = cluster
      self.request = request
      self.before = before
    }

    func run(in job: Job) async throws -> JobOutcome {
      try await job.step("start") {
        try await job.setDetail(.object(["asked": true, "before": .int(self.before.rawValue)]), of: "start")
        try await self.cluster.startBulkLoad(self.request)
        try await eventually("the load has ended") {
          try await self.cluster.bulkLoadStatus(table: self.request.appName).isBulkLoading == false
        }
        throw Death()
      }
    }

    var progress: JobProgress? { nil }
    func takeCheckpoints() -> [Checkpoint] { [] }
    func apply(_ rate: JobRate) -> Bool { false }
  }

  @LoopActor
  private func lose(
    _ bench: CommandBench, before: BulkLoadStatus, behind: Bool, _ body: (JobID) async throws -> Void
  ) async throws {
    for number in 0..<50 { await bench.run("set key\(number) sort value\(number)") }
    #expect(await bench.run("backup t1 local_service").error == nil)
    let cluster = try bench.session.cluster()
    _ = try await cluster.createTable(
      "t3", partitionCount: 3, replicaCount: 3, environment: ["rocksdb.allow_ingest_behind": "true"])
    #expect(await split(bench).error == nil)
    let request = StartBulkLoadRequest(
      appName: "t3", clusterName: "A", fileProviderType: "local_service", remoteRootPath: "bulk", ingestBehind: behind)
    let plan = BulkLoadPlan(
      table: try await TableIdentity(of: cluster.table("t3"), in: try bench.session.here()), request: request)
    let job = try await bench.session.jobs.start(
      JobPlan(
        version: BulkLoadPlan.version, kind: "start_bulk_load", title: plan.title, commandLine: "start_bulk_load",
        parameters: plan.parameters, steps: [BulkLoadWork.start, BulkLoadWork.load])
    ) { _ in Lost(cluster, request, before: before) }
    #expect(await job.outcome().state == .failed)
    try await body(job.id)
  }

  @LoopActor
  private func split(_ bench: CommandBench, _ more: String = "") async -> CommandBench.Result {
    await bench.run("offline_split -b local_service -a t1 --to_cluster A --to_table t3 --to_root bulk \(more)")
  }

  @Test(arguments: [true, false]) @LoopActor func itIsNotBegunOnceMore(_ behind: Bool) async throws {
    try await withBench(isJournaled: true) { bench in
      try await lose(bench, before: .invalid, behind: behind) { id in
        // Another one could not be begun.
        Files.removeTree("\(bench.storage)/bulk")
        let resumed = await bench.run("resume \(id)")
        #expect(resumed.error == nil)
        #expect(resumed.output.hasSuffix("Bulk load of table 't3' succeeded, 3 partitions.\n"))
        #expect(await bench.run("verify_data -c A -a t3 --delay 0").output == "Verify done, same: 50 rows.\n")
      }
    }
  }

  /// Servers before 2.4 cannot forget how the load before it ended.
  @Test @LoopActor func whatCannotBeToldIsNotGuessed() async throws {
    try await withBench(isJournaled: true) { bench in
      try await lose(bench, before: .succeed, behind: true) { id in
        let resumed = await bench.run("resume \(id)")
        #expect(resumed.error?.status == .couldNotTell)
        #expect(resumed.error?.message.contains("do not tell whether the bulk load of table 't3' was begun") == true)
        #expect(resumed.error?.advice.contains("verify_data") == true)
      }
    }
  }

  @Test @LoopActor func inFrontItMayBeRepeated() async throws {
    try await withBench(isJournaled: true) { bench in
      try await lose(bench, before: .succeed, behind: false) { id in
        Files.removeTree("\(bench.storage)/bulk/A/t3/bulk_load_info")
        #expect(await bench.run("resume \(id)").error?.message.contains("ERR_OBJECT_NOT_FOUND") == true)
        #expect(await split(bench, "--clean").error == nil)
        #expect(await split(bench).error == nil)
        #expect(await bench.run("resume \(id)").error == nil)
        #expect(await bench.run("verify_data -c A -a t3 --delay 0").output == "Verify done, same: 50 rows.\n")
      }
    }
  }
}
