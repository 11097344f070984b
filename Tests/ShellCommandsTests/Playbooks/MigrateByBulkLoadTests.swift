import EventLoop
import Foundation
import JSON
import Jobs
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

/// A table from one cluster into another partition count of another one: planned, done, taken back.
@Suite(.serialized) struct MigrateByBulkLoadTests {
  private static let line = "migrate_by_bulk_load -c B -a t2 -p 7 -b local_service"

  @Test @LoopActor
  func aTableMovesWithItsVariablesAndIsTakenBack() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      for number in 0..<10 { await bench.run("set short\(number) sort value 86400") }
      await bench.run(
        "set_app_envs default_ttl 5000000 replica.write_throttling 20000*delay*100 business.info team "
          + "rocksdb.usage_scenario prefer_write")
      _ = try await target.controlMeta(.lively)
      let before = try await bench.limits()
      let moved = await bench.run("\(Self.line) -r deep --max_download_mb 100 --md5 --clean")
      #expect(moved.error == nil, "\(moved)")
      #expect(
        moved.output.hasSuffix("Verify done, same: 60 rows.\nTable 't1' of A is in B as 't2', 7 partitions.\n"),
        "\(moved.output)")
      let table = try #require(try await target.tableInfo("t2"))
      #expect(table.partitionCount == 7)
      #expect(
        table.envs
          == [
            "default_ttl": "5000000", "replica.write_throttling": "20000*delay*100", "business.info": "team",
            "rocksdb.usage_scenario": "prefer_write",
          ].merging(table.envs.filter { $0.key.hasPrefix("manual_compact.") }) { mine, _ in mine })
      let scenario = EffectiveScenario(cluster: target, tableID: table.appId, partitionCount: 7)
      #expect(try await scenario.look(for: "prefer_write") == .effective)
      #expect(try await target.controlMeta() == .lively)
      #expect(try await bench.limits() == before)
      #expect(!FileManager.default.fileExists(atPath: "\(bench.storage)/deep/bulk_load/B/t2"))
      #expect(bench.backups("deep/onebox").count == 1)

      let plan = await bench.run("undo 1 --dry_run")
      #expect(plan.lines.count == 3, "\(plan.output)")
      #expect(plan.lines[1].hasPrefix("  remove deep/onebox/"), "\(plan.output)")
      #expect(plan.lines[2].hasPrefix("  drop table 't2' (id \(table.appId)) of B"), "\(plan.output)")
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && undone.output.hasSuffix("Job 1 is undone.\n"), "\(undone)")
      #expect(try await target.tableInfo("t2") == nil)
      #expect(bench.backups("deep/onebox").isEmpty)
    }
  }

  @LoopActor
  private final class Seen {
    var values: [String?] = []
  }

  /// A limit for the compaction is not left on the table.
  @Test @LoopActor
  func theLimitOfCompactionsIsSetBack() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let key = ClusterClient.compactionLimitKey
      let seen = Seen()
      func migrate(_ line: String) async throws {
        let end = try await bench.watched(line) { _, event in
          guard event.kind == "step_done", event.fields["step"]?.text == "compact.start" else { return }
          Task { @LoopActor in seen.values.append(try? await target.environment(table: "t2")[key]) }
        }
        #expect(end.state == .done, "\(end)")
      }
      try await migrate("\(Self.line) --no_verify --clean --max_compactions 1")
      #expect(seen.values == ["1"])
      #expect(try await target.environment(table: "t2")[key] == nil)

      // One that was there is there again; also when the job does not come to that and is taken back.
      try await target.setEnvironment([(key, "3")], table: "t2")
      try await migrate("\(Self.line) --existing --no_verify --clean --max_compactions 2")
      #expect(seen.values == ["1", "2"])
      #expect(try await target.environment(table: "t2")[key] == "3")
      let end = try await bench.watched("\(Self.line) --existing --no_verify --clean --max_compactions 2") {
        job, event in
        if event.kind == "step_started", event.fields["step"]?.text == "compact.start" { job.stop() }
      }
      #expect(end.state == .stopped, "\(end)")
      // As if it had been asked for, and nobody had heard the answer.
      try await target.setEnvironment([(key, "2")], table: "t2")
      let undone = await bench.run("undo 3")
      #expect(undone.error == nil && undone.output.contains("\(key) of table 't2' of B is 3 again"), "\(undone)")
      #expect(try await target.environment(table: "t2")[key] == "3")
    }
  }

  @Test @LoopActor
  func aDryRunShowsEverythingAndDoesNothing() async throws {
    try await withMigration { bench in
      let page = await bench.run("\(Self.line) --ingest_behind --dry_run")
      #expect(page.error == nil, "\(page)")
      for text in [
        "create       create table 't2' of B with 7 partitions, 3 replicas, open for rows that go under others\n",
        "             undo: drop table 't2' of B, if this job has created it\n",
        "dual_write   wait until somebody has switched the application's writes to A:t1 and B:t2 on",
        "split        make files of the backup for 7 partitions, in bulk_load/B/t2 of 'local_service'\n",
        "             undo: remove the files, bulk_load/B/t2 of 'local_service'\n",
        "load         have the servers of B load the files behind what the application has written meanwhile\n",
        "compact      compact table 't2', the deepest level as well, where the files went\n",
        "incr and check_and_* on the new table see none of the old rows",
      ] {
        #expect(page.output.contains(text), "\(text) in \(page.output)")
      }
      #expect(!page.output.contains("are not in the new table"))
      let json = try JSONParser.parse(await bench.run("\(Self.line) --dry_run --clean -j").output.utf8)
      #expect(
        json["acts"]?.elements.compactMap { $0["name"]?.text } == [
          "create", "scenario", "backup", "check", "split", "load", "compact", "reset", "environment", "verify",
          "clean",
        ])
      #expect(try await bench.session.jobs.list().isEmpty)
      #expect(try await bench.target.tableInfo("t2") == nil)
      #expect(bench.backups("onebox").isEmpty)
      #expect(!FileManager.default.fileExists(atPath: "\(bench.storage)/bulk_load"))
    }
  }

  @Test @LoopActor
  func aTableThatIsThereIsTakenOnlyWhenAsked() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      _ = try await target.createTable("t2", partitionCount: 7, replicaCount: 3, environment: ["business.info": "mine"])
      let key = try PegasusKey(hashKey: Array("other".utf8), sortKey: [])
      _ = try await target.table("t2").set(key, value: [1])
      let refused = await bench.run(Self.line)
      #expect(refused.error?.status == .refused)
      #expect(refused.error?.message.contains("has a table 't2' already (id ") == true, "\(refused)")
      #expect(refused.error?.advice.contains("--existing") == true)
      let narrow = await bench.run("migrate_by_bulk_load -c B -a t2 -p 6 -b local_service --existing")
      #expect(narrow.error?.message.contains("has 7 partitions, not 6") == true, "\(narrow)")
      let behind = await bench.run("\(Self.line) --existing --ingest_behind --dual_write_is_on")
      #expect(behind.error?.message.contains("was not created with rocksdb.allow_ingest_behind=true") == true)
      #expect(await bench.run("\(Self.line) --dual_write_is_on").error?.status == .usage)
      #expect(await bench.run("migrate_by_bulk_load -c B -a t9 -p 7 -b local_service --existing").error != nil)
      #expect(await bench.run("migrate_by_bulk_load -c B -a t9 -p 7 -b nosuch").error?.status == .usage)
      #expect(try await bench.session.jobs.list().isEmpty)

      let taken = await bench.run("\(Self.line) --existing")
      #expect(taken.error == nil, "\(taken)")
      #expect(
        taken.output.contains("Verify done, all rows of the source are there; 1 rows of the target are its own.\n"),
        "\(taken)")
      #expect(try await target.table("t2").get(key).value == [1])
      let info = try #require(try await target.tableInfo("t2"))
      #expect(info.envs["rocksdb.usage_scenario"] == "normal" && info.envs["business.info"] == "mine")
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && !undone.output.contains("dropped"), "\(undone)")
      #expect(undone.output.contains("left the rows that were loaded in table 't2' of B\n"), "\(undone)")
      #expect(try await target.table("t2").get(key).value == [1])
    }
  }

  /// What the old table is besides its rows; and what it should not have been any more.
  @Test @LoopActor
  func aTableKeepsWhatItIs() async throws {
    try await withMigration { bench in
      #expect(try await bench.session.cluster().setAtomicIdempotent(true, table: "t1").old == false)
      await bench.run("set_app_envs rocksdb.usage_scenario bulk_load default_ttl 1000")
      let plan = await bench.run("\(Self.line) --ingest_behind --dry_run")
      #expect(plan.output.contains("the compaction after the load gives default_ttl = 1000 to rows"), "\(plan)")
      let moved = await bench.run("\(Self.line) --no_verify")
      #expect(moved.error == nil, "\(moved)")
      #expect(!"\(moved)".contains("start_bulk_load -a"), "\(moved)")
      let table = try #require(try await bench.target.tableInfo("t2"))
      #expect(table.atomicIdempotent == true && table.envs["rocksdb.usage_scenario"] == "normal")
    }
  }

  /// Taken back, a table that was there is open again for what it was made for.
  @Test @LoopActor
  func whatWasOpenBehindIsOpenAgain() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let envs = ["rocksdb.allow_ingest_behind": "true", "rocksdb.usage_scenario": "bulk_load"]
      _ = try await target.createTable("t2", partitionCount: 7, replicaCount: 3, environment: envs)
      let moved = await bench.run("\(Self.line) --existing --ingest_behind --dual_write_is_on")
      #expect(moved.error == nil, "\(moved)")
      #expect(try await target.tableInfo("t2")?.envs["rocksdb.allow_ingest_behind"] == "false")
      #expect(await bench.run("undo 1").error == nil)
      let now = try #require(try await target.tableInfo("t2")).envs
      #expect(now.filter { envs.keys.contains($0.key) } == envs)
    }
  }

  /// A place with files of somebody else is neither used nor removed.
  @Test @LoopActor
  func filesOfSomebodyElseAreLeftAlone() async throws {
    try await withMigration { bench in
      let place = "\(bench.storage)/bulk_load/B/t2/0"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: URL(filePath: "\(place)/file"))
      let refused = await bench.run(Self.line)
      #expect(refused.error?.message.contains("bulk_load/B/t2 of") == true, "\(refused)")
      #expect(refused.error?.status == .refused)
      try FileManager.default.removeItem(atPath: "\(bench.storage)/bulk_load")
      // They come while the backup is made.
      let end = try await bench.watched(Self.line) { _, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "backup.wait" else { return }
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try? Data("mine".utf8).write(to: URL(filePath: "\(place)/file"))
      }
      #expect(end.outcome?.result["error"]?.text?.contains("is not empty any more") == true, "\(end)")
      #expect(await bench.run("undo 1").error == nil)
      #expect(FileManager.default.fileExists(atPath: "\(place)/file"))
      #expect(try await bench.target.tableInfo("t2") == nil)
    }
  }

  /// A restore cannot go under rows: the other command takes this way as well.
  @Test @LoopActor
  func aBackupGoesBehindByTheSameActs() async throws {
    try await withMigration { bench in
      let moved = await bench.run("migrate_by_backup -c B -a t2 -b local_service --ingest_behind --dual_write_is_on")
      #expect(moved.error == nil, "\(moved)")
      #expect(moved.output.hasSuffix("Table 't1' of A is in B as 't2', 4 partitions.\n"), "\(moved)")
      #expect(moved.messages.contains("rocksdb.allow_ingest_behind of table 't2' is false now"), "\(moved)")
      let jobs = try await bench.session.jobs.list()
      #expect(jobs.map(\.plan.kind) == ["migrate_by_bulk_load"])
      #expect(
        await bench.run("migrate_by_backup -c B -a t3 -b local_service --dual_write_is_on").error?.status == .usage)
    }
  }
}
