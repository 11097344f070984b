import EventLoop
import Foundation
import JSON
import Jobs
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

/// What becomes of a migration by bulk load that meets with something.
@Suite(.serialized) struct BulkLoadMigrationFaultTests {
  private static let line = "migrate_by_bulk_load -c B -a t2 -p 7 -b local_service"
  /// Whole programs are killed in all of them.
  private static let steps = [
    "create.table", "create.ready", "scenario", "backup.wait", "split.claim", "split", "load.note", "load.start",
    "load",
    "load.level", "compact", "reset",
  ]

  /// Stops the job as soon as a step has begun, or is done; goes on with it; and looks that nothing was done twice.
  @Test @LoopActor
  func aStopAnywhereIsGoneOnWith() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      _ = try await target.controlMeta(.lively)
      for (number, step) in Self.steps.enumerated() {
        let kind = number % 2 == 0 ? "step_started" : "step_done"
        let name = "t\(number + 10)"
        let line = Self.line.replacing("-a t2", with: "-a \(name)")
        let end = try await bench.watched(line) { job, event in
          if event.kind == kind, event.fields["step"]?.text == step { job.stop() }
        }
        #expect(end.state == .stopped, "\(step)")
        let id = try #require(try await bench.session.jobs.list().last).id
        let resumed = await bench.run("resume \(id)")
        #expect(resumed.error == nil, "\(step): \(resumed)")
        #expect(
          resumed.output.hasSuffix("Table 't1' of A is in B as '\(name)', 7 partitions.\n"), "\(step): \(resumed)")
        #expect(bench.backups("onebox").count == 1, "\(step)")
        #expect(try await target.listTables().count == 1, "\(step)")
        #expect(try await target.controlMeta() == .lively, "\(step)")
        let info = try #require(try await target.tableInfo(name))
        #expect(info.envs["rocksdb.usage_scenario"] == "normal" && info.envs["business.info"] == nil, "\(step)")
        #expect(resumed.output.contains("Verify done, same: 50 rows."), "\(step): \(resumed)")
        #expect(await bench.run("undo \(id)").error == nil)
        #expect(bench.backups("onebox").isEmpty, "\(step)")
        #expect(!FileManager.default.fileExists(atPath: "\(bench.storage)/bulk_load/B/\(name)"), "\(step)")
        #expect(try await target.listTables().isEmpty, "\(step)")
      }
    }
  }

  /// Stopped and taken back at once: nothing is left anywhere.
  @Test(arguments: ["create.table", "scenario", "split", "load", "compact.start"]) @LoopActor
  func aStopAnywhereIsTakenBack(_ step: String) async throws {
    try await withMigration { bench in
      let target = try await bench.target
      _ = try await target.controlMeta(.lively)
      if step == "load" {
        // It goes on until somebody cancels it.
        await bench.run("cc B")
        #expect(await bench.run("rate_limit set load_replicas 0").error == nil)
        await bench.run("cc A")
        await bench.run("use t1")
      }
      let end = try await bench.watched(Self.line) { job, event in
        if event.kind == "step_started", event.fields["step"]?.text == step { job.stop() }
      }
      #expect(end.state == .stopped)
      if step == "load" {
        #expect(end.outcome?.lines.contains { $0.contains("go on with the load") } == true, "\(end)")
        #expect(await bench.run("undo 1 --dry_run").output.contains("cancel the bulk load of table 't2'; set the meta"))
      }
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil, "\(undone)")
      #expect(try await target.listTables().isEmpty)
      #expect(try await target.controlMeta() == .lively)
      #expect(bench.backups("onebox").isEmpty)
      #expect(!FileManager.default.fileExists(atPath: "\(bench.storage)/bulk_load/B/t2"))
      #expect(await bench.run("undo 1").output == "nothing is left of job 1 that could be undone\n")
    }
  }

  private func flip(_ bench: CommandBench, _ path: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    let file = URL(filePath: "\(path)/\(try #require(names.first { $0.hasSuffix(".sst") }))")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: file)
  }

  /// The servers find it, not we; then we look closely, and what was repaired is loaded by a resume.
  @Test @LoopActor
  func aDamagedFileIsNamedAndLoadedOnceItIsRepaired() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      _ = try await target.controlMeta(.lively)
      let partition = "\(bench.storage)/bulk_load/B/t2/3"
      let end = try await bench.watched(Self.line) { _, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "load.note" else { return }
        do { try self.flip(bench, partition) } catch { Issue.record("\(error)") }
      }
      #expect(end.state == .failed)
      #expect(end.outcome?.result["error"]?.text?.contains("failed, cause ERR_") == true, "\(end)")
      #expect(end.outcome?.advice.contains("'undo 1'") == true)
      #expect(try await target.controlMeta() == .lively)
      let looked = await bench.run("resume 1")
      #expect(looked.error?.message.contains("its MD5 is") == true, "\(looked)")
      try flip(bench, partition)
      let resumed = await bench.run("resume 1")
      #expect(resumed.error == nil && resumed.output.contains("same: 50 rows"), "\(resumed)")
      #expect(try await target.controlMeta() == .lively)
      #expect(try await target.tableInfo("t2")?.envs["rocksdb.usage_scenario"] == "normal")
    }
  }

  /// The deepest level is occupied: behind is refused for good, and that is what is said.
  @Test @LoopActor
  func whatCannotGoBehindIsNotTriedAgain() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      _ = try await target.controlMeta(.lively)
      let waiting = await bench.run("\(Self.line) --ingest_behind")
      #expect(waiting.error?.status == .interrupted)
      for number in 0..<50 {
        let key = try PegasusKey(hashKey: Array("key\(number)".utf8), sortKey: Array("sort".utf8))
        _ = try await target.table("t2").set(key, value: [1])
      }
      await bench.run("cc B")
      #expect(await bench.run("start_manual_compact -a t2 -b --wait").error == nil)
      await bench.run("cc A")
      await bench.run("use t1")
      let failed = await bench.run("resume 1")
      #expect(failed.error?.message.contains("cause ERR_INGESTION_FAILED") == true, "\(failed)")
      #expect(failed.error?.advice.contains("'undo 1' drops the table; then begin the migration anew") == true)
      #expect(try await target.controlMeta() == .lively)
      let again = await bench.run("resume 1")
      #expect(again.error?.message.contains("that cannot be repeated") == true, "\(again)")
      #expect(again.error?.status == .refused)
      #expect(await bench.run("undo 1").error == nil)
      #expect(try await target.listTables().isEmpty)
      #expect(bench.backups("onebox").isEmpty)
    }
  }

  /// The answer to the creation is lost: the table is known by its mark, and another one of that name is not touched.
  @Test @LoopActor
  func onlyATableWithTheJobsOwnMarkIsTaken() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      for isOwn in [true, false] {
        _ = try await target.controlMeta(.freezed)
        let frozen = await bench.run(Self.line)
        #expect(frozen.error?.message.hasPrefix("create: ") == true, "\(frozen)")
        _ = try await target.controlMeta(.lively)
        let id = try #require(try await bench.session.jobs.list().last).id
        // As if the request had come through after the shell was killed.
        let record = try await bench.session.jobs.record(id)
        let mark = record.steps.first { $0.plan.name == "create.table" }?.detail["mark"]?.text ?? "none"
        #expect(mark.hasPrefix("pegasus-shell "))
        _ = try await target.createTable(
          "t2", partitionCount: 7, replicaCount: 3,
          environment: ["business.info": isOwn ? mark : "somebody's", "rocksdb.usage_scenario": "bulk_load"])
        let resumed = await bench.run("resume \(id)")
        if isOwn {
          #expect(resumed.error == nil, "\(resumed)")
          #expect(try await target.tableInfo("t2")?.envs["business.info"] == nil)
        } else {
          #expect(resumed.error?.message.contains("that this job has not created") == true, "\(resumed)")
        }
        #expect(await bench.run("undo \(id)").error == nil)
        #expect(try await (target.tableInfo("t2") == nil) == isOwn)
      }
    }
  }

  /// Acts that come later know the table by its name: a resume looks whether that is still the same one.
  @Test @LoopActor
  func aTableThatWasReplacedIsNotTouched() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let end = try await bench.watched(Self.line) { job, event in
        if event.kind == "step_done", event.fields["step"]?.text == "load" { job.stop() }
      }
      #expect(
        end.outcome?.lines.contains { $0.contains("rocksdb.usage_scenario of table 't2' stays bulk_load") } == true,
        "\(end)")
      try await target.dropTable("t2")
      _ = try await target.createTable("t2", partitionCount: 7, replicaCount: 3, environment: ["business.info": "mine"])
      let refused = await bench.run("resume 1")
      #expect(refused.error?.status == .refused, "\(refused)")
      #expect("\(refused)".contains("the new table 't2' of B was dropped and created again"), "\(refused)")
      #expect(refused.error?.advice.contains("'undo 1'") == true)
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && !undone.output.contains("dropped"), "\(undone)")
      #expect(try await target.tableInfo("t2")?.envs == ["business.info": "mine"])
    }
  }
}
