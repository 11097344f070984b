import EventLoop
import Foundation
import JSON
import Onebox
import Jobs
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

/// A table from one cluster into another by a backup: planned, done, taken back.
@Suite(.serialized) struct MigrateByBackupTests {
  @Test @LoopActor
  func aTableMovesWithItsVariablesAndIsTakenBack() async throws {
    try await withMigration { bench in
      await bench.run("set_app_envs replica.slow_query_threshold 30 replica.write_throttling 20000*delay*100")
      await bench.run("set_app_envs manual_compact.once.trigger_time 1700000000")
      let before = try await bench.limits()
      let moved = await bench.run(
        "migrate_by_backup -c B -a t2 -b local_service -r deep --max_upload_mb 500 --max_nfs_mb 50 --md5")
      #expect(moved.error == nil, "\(moved.messages)")
      #expect(
        moved.output.hasSuffix("Verify done, same: 50 rows.\nTable 't1' of A is in B as 't2'.\n"), "\(moved.output)")
      let table = try #require(try await bench.target.tableInfo("t2"))
      #expect(
        table.envs == ["replica.slow_query_threshold": "30", "replica.write_throttling": "20000*delay*100"])
      #expect(try await bench.limits() == before)
      #expect(moved.messages.contains("INFO: set upload of A to 200"))
      let backup = try #require(bench.backups("deep/onebox").first)

      let plan = await bench.run("undo 1 --dry_run")
      #expect(plan.lines[0] == "undo 1 would, in this order:")
      #expect(plan.lines[1].hasPrefix("  drop table 't2' (id \(table.appId)) of B; 'recall \(table.appId)'"))
      #expect(plan.lines[2].hasPrefix("  remove deep/onebox/") && plan.lines[2].hasSuffix(" from 'local_service'"))
      #expect(plan.lines.count == 3)
      #expect(try await bench.target.tableInfo("t2") != nil)

      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && undone.output.hasSuffix("Job 1 is undone.\n"), "\(undone)")
      #expect(try await bench.target.tableInfo("t2") == nil)
      #expect(bench.backups("deep/onebox").isEmpty)

      // All that is left by one that was killed just before its end.
      try FileManager.default.createDirectory(
        atPath: "\(bench.storage)/deep/onebox/\(backup)", withIntermediateDirectories: false)
      #expect(await bench.run("undo 1").lines.first == "removed deep/onebox/\(backup) from 'local_service'")
      #expect(bench.backups("deep/onebox").isEmpty)
      #expect(await bench.run("undo 1").output == "nothing is left of job 1 that could be undone\n")
    }
  }

  @Test @LoopActor
  func aDryRunShowsEverythingAndDoesNothing() async throws {
    try await withMigration { bench in
      await bench.run("set_app_envs replica.deny_client_request reconfig*write")
      let line = "migrate_by_backup -c B -a t2 -b local_service --max_upload_mb 50 --dry_run"
      let page = await bench.run(line)
      #expect(page.error == nil, "\(page)")
      for text in [
        "[acts]\nlimit        limit upload of A to 50 MB/s\n",
        "undo: set the limits back to what every server has now\n",
        "backup       back table 't1' of A up to 'local_service'\n",
        "restore      restore it as table 't2' of B, 4 partitions\n",
        "undo: drop table 't2' of B, if it is the one made here\n", "verify       compare A:t1 with B:t2, row by row\n",
        "replica.deny_client_request = reconfig*write of the source is not taken over",
      ] {
        #expect(page.output.contains(text), "\(text) in \(page.output)")
      }
      let json = try JSONParser.parse(await bench.run("\(line) -j").output.utf8)
      #expect(
        json["acts"]?.elements.compactMap { $0["name"]?.text } == [
          "limit", "backup", "check", "restore", "environment", "limit_back", "verify",
        ])
      #expect(json["verdict"]?.text == "ready" && json["source"]?["table"]?.text == "t1")
      #expect(try await bench.session.jobs.list().isEmpty)
      #expect(bench.backups("onebox").isEmpty)
      #expect(try await bench.target.tableInfo("t2") == nil)
    }
  }

  @Test @LoopActor
  func whatCannotEndWellIsRefused() async throws {
    try await withMigration { bench in
      _ = try await bench.target.createTable("t2", partitionCount: 2, replicaCount: 3)
      func refused(_ options: String) async -> ShellError? { await bench.run("migrate_by_backup \(options)").error }
      let there = await refused("-c B -a t2 -b local_service")
      #expect(there?.status == .refused && there?.message.contains("cluster 'B' has a table 't2' already") == true)
      let rehearsed = await refused("-c B -a t2 -b local_service --dry_run")
      #expect(rehearsed?.status == .refused)
      let same = await refused("-c A -a t3 -b local_service")
      #expect(same?.message.contains("'A' and 'A' are one cluster") == true)
      #expect(await refused("-c C -a t3 -b local_service")?.status == .usage)
      #expect(await refused("-c B -a t3 -b local_service --max_nfs_mb 4")?.status == .usage)
      #expect(try await bench.session.jobs.list().isEmpty)
    }
  }

  @Test @LoopActor
  func serversThatCannotDoItAreNamed() async throws {
    try await withMigration(adjust: { $0.disablesColdBackup = true }, adjustSecond: { $0.replicaPorts = [0, 0] }) {
      bench in
      let refused = await bench.run("migrate_by_backup -c B -b local_service")
      #expect(refused.error?.message.contains("ERR_SERVICE_NOT_ACTIVE") == true, "\(refused)")
      #expect(refused.error?.message.contains("wants 3 replicas, and cluster 'B' has 2 servers up") == true)
    }
  }

  @Test @LoopActor
  func anUndoIsAskedForWithTheTablesName() async throws {
    try await withMigration(isInteractive: true, assumesYes: false) { bench in
      bench.input.set(["yes"])
      let moved = await bench.run("migrate_by_backup -c B -a t2 -b local_service --no_verify")
      #expect(moved.error == nil, "\(moved)")
      bench.input.set(["yes"])
      let refused = await bench.run("undo 1")
      #expect(refused.error?.status == .refused)
      #expect(refused.messages.contains("drop table 't2'"))
      let target = try await bench.target
      #expect(try await target.tableInfo("t2") != nil)
      bench.input.set(["t2"])
      #expect(await bench.run("undo 1").error == nil)
      #expect(try await target.tableInfo("t2") == nil)
    }
  }

  @Test @LoopActor
  func onlyWhatTheJobMadeIsTakenBack() async throws {
    try await withMigration { bench in
      #expect(await bench.run("migrate_by_backup -c B -a t2 -b local_service --no_verify").error == nil)
      // Somebody has dropped it and made another one of that name.
      try await bench.target.dropTable("t2")
      _ = try await bench.target.createTable("t2", partitionCount: 2, replicaCount: 3)
      #expect(await bench.run("backup t1 local_service").error == nil)
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && !undone.output.contains("dropped"), "\(undone)")
      #expect(try await bench.target.tableInfo("t2")?.partitionCount == 2)
      #expect(bench.backups("onebox").count == 1)
    }
  }

  @Test @LoopActor
  func otherJobsHaveNoUndo() async throws {
    try await withMigration { bench in
      #expect(await bench.run("backup t1 local_service").error == nil)
      let refused = await bench.run("undo 1")
      #expect(refused.error?.status == .refused, "\(refused)")
      #expect(refused.error?.advice.contains("migrate_by_backup") == true)
    }
  }
}
