import EventLoop
import Foundation
import JSON
import Jobs
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

/// What becomes of a migration that meets with something: it says what to do, is gone on with, and can be taken back.
@Suite(.serialized) struct MigrationFaultTests {
  private static let line = "migrate_by_backup -c B -a t2 -b local_service --max_upload_mb 500 --md5"

  /// Stops the job as soon as a step has begun, or is done; goes on with it; and looks that nothing was done twice.
  @Test @LoopActor
  func aStopAnywhereIsGoneOnWith() async throws {
    try await withMigration { bench in
      let before = try await bench.limits()
      let steps = [
        "limit", "backup.start", "backup.wait", "check.look", "check.read", "restore.guard", "restore.start",
        "restore.wait", "restore.settle", "environment", "limit_back", "verify",
      ]
      for (number, step) in steps.enumerated() {
        let kind = number % 2 == 0 ? "step_started" : "step_done"
        let name = "t\(number + 10)"
        let line = Self.line.replacingOccurrences(of: "-a t2", with: "-a \(name)")
        let end = try await bench.watched(line) { job, event in
          if event.kind == kind, event.fields["step"]?.text == step { job.stop() }
        }
        // What was done when the stop came may be all there was to do.
        if step != "verify" { #expect(end.state == .stopped, "\(step)") }
        guard end.state == .stopped else { continue }
        let id = try #require(try await bench.session.jobs.list().last).id
        let resumed = await bench.run("resume \(id)")
        #expect(resumed.error == nil, "\(step): \(resumed)")
        #expect(resumed.output.contains("Verify done, same: 50 rows."), "\(step): \(resumed)")
        #expect(bench.backups("onebox").count == 1, "\(step)")
        #expect(try await bench.limits() == before, "\(step)")
        #expect(await bench.run("undo \(id)").error == nil)
        #expect(bench.backups("onebox").isEmpty, "\(step)")
        #expect(try await bench.target.tableInfo(name) == nil, "\(step)")
      }
    }
  }

  /// The look finds nothing, and the servers refuse the first act. Until somebody goes on, much may happen.
  @Test @LoopActor
  func whatIsRefusedBeforeItHasDoneAnythingLooksAgain() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      // A file where the servers want to write a directory.
      try FileManager.default.createDirectory(atPath: bench.storage, withIntermediateDirectories: true)
      try Data("no directory".utf8).write(to: URL(fileURLWithPath: "\(bench.storage)/onebox"))
      let failed = await bench.run("migrate_by_backup -c B -a t2 -b local_service")
      #expect(failed.error?.message.contains("could not backup metadata") == true, "\(failed)")
      #expect(failed.error?.advice.hasSuffix("'resume 1' tries again") == true, "\(failed)")
      #expect(failed.error?.advice.contains("undo") == false, "\(failed)")
      #expect(await bench.run("job 1").output.contains("'resume 1' tries again, 'cancel 1' takes it off the list"))
      try FileManager.default.removeItem(atPath: "\(bench.storage)/onebox")

      _ = try await target.createTable("t2", partitionCount: 4, replicaCount: 3)
      let refused = await bench.run("resume 1")
      #expect(refused.error?.status == .refused, "\(refused)")
      #expect(
        refused.error?.message.contains("nothing was done: cluster 'B' has a table 't2' already") == true, "\(refused)")
      #expect(bench.backups("onebox").isEmpty)
      try await target.dropTable("t2")
      let resumed = await bench.run("resume 1")
      #expect(resumed.error == nil && resumed.output.contains("Verify done, same: 50 rows."), "\(resumed)")
      #expect(await bench.run("undo 1").error == nil)
    }
  }

  @Test @LoopActor
  func whatStandsStillSaysWhatStaysChanged() async throws {
    try await withMigration { bench in
      let before = try await bench.limits()
      let end = try await bench.watched(Self.line) { job, event in
        if event.kind == "step_started", event.fields["step"]?.text == "backup.wait" { job.stop() }
      }
      #expect(
        end.outcome?.lines == ["WARNING: upload of A stays at 500 MB/s until the job goes on to its end or is undone"])
      #expect(end.outcome?.advice.contains("'undo 1' takes back what was done") == true, "\(end)")
      #expect(try await bench.limits() != before)
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && undone.output.contains("set upload of A to 200"), "\(undone)")
      #expect(try await bench.limits() == before)
      #expect(bench.backups("onebox").isEmpty)
      #expect(await bench.run("resume 1").error?.message.contains("cancelled") == true)
    }
  }

  @Test @LoopActor
  func aDamagedBackupIsFoundBeforeItIsRestored() async throws {
    try await withMigration { bench in
      let end = try await bench.watched(Self.line) { job, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "backup.wait" else { return }
        bench.damage()
      }
      #expect(end.state == .failed)
      #expect(end.outcome?.result["error"]?.text?.hasPrefix("check: backup ") == true, "\(end)")
      #expect(end.outcome?.advice.contains("'resume' looks again") == true)
      #expect(try await bench.target.tableInfo("t2") == nil)
      #expect(await bench.run("resume 1").error?.message.hasPrefix("check: ") == true)
      bench.repair()
      #expect(await bench.run("resume 1").error == nil)
      #expect(try await bench.target.tableInfo("t2") != nil)
    }
  }

  @Test @LoopActor
  func aRestoreThatTheServersTakeBackIsBegunAnew() async throws {
    try await withMigration { bench in
      // Without reading the files nobody but the servers sees it.
      let end = try await bench.watched("migrate_by_backup -c B -a t2 -b local_service") { job, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "restore.guard" else { return }
        bench.damage()
      }
      #expect(end.state == .failed)
      #expect(end.outcome?.result["error"]?.text?.contains("the servers have dropped the new table") == true, "\(end)")
      #expect(end.outcome?.advice.contains("check_backup") == true)
      bench.repair()
      let resumed = await bench.run("resume 1")
      #expect(resumed.error == nil && resumed.output.contains("same: 50 rows"), "\(resumed)")
    }
  }

  @Test @LoopActor
  func aNameThatIsTakenMeanwhileIsNotTouched() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let end = try await bench.watched(Self.line) { job, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "check.read" else { return }
        job.pause()
        Task { @LoopActor in
          _ = try? await target.createTable("t2", partitionCount: 2, replicaCount: 3)
          job.unpause()
        }
      }
      #expect(end.outcome?.result["error"]?.text?.contains("has a table 't2' now") == true, "\(end)")
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && !undone.output.contains("dropped"), "\(undone)")
      #expect(try await target.tableInfo("t2")?.partitionCount == 2)
    }
  }

  @Test @LoopActor
  func aTableThatIsRenamedMeanwhileIsNotForgotten() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let end = try await bench.watched(Self.line) { job, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "restore.settle" else { return }
        job.pause()
        Task { @LoopActor in
          try? await target.renameTable("t2", to: "t3")
          _ = try? await target.createTable("t2", partitionCount: 2, replicaCount: 3)
          job.unpause()
        }
      }
      #expect(
        end.outcome?.result["error"]?.text?.contains("is not the one any more that was made here") == true, "\(end)")
      #expect(try await target.tableInfo("t2")?.envs.isEmpty == true)
      let undone = await bench.run("undo 1")
      #expect(undone.output.contains("dropped table 't3'"), "\(undone)")
      let tables = try await target.listTables().map(\.appName)
      #expect(tables.contains("t2") && !tables.contains("t3"))
    }
  }

  @Test @LoopActor
  func aSourceThatIsDroppedIsNoHindranceToAnUndo() async throws {
    try await withMigration { bench in
      #expect(await bench.run("\(Self.line) --no_verify").error == nil)
      try await bench.session.cluster().dropTable("t1")
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && undone.output.contains("dropped table 't2'"), "\(undone)")
      #expect(bench.backups("onebox").isEmpty)
    }
  }

  @Test @LoopActor
  func aStorageThatTheTargetDoesNotKnowIsNamed() async throws {
    try await withMigration(adjust: { $0.blockServices["shared"] = $0.dataDirectory + "/shared" }) { bench in
      let failed = await bench.run("migrate_by_backup -c B -a t2 -b shared")
      #expect(failed.error?.message.hasPrefix("restore: restore app failed with err(ERR_INVALID_PARAMETERS)") == true)
      #expect(failed.error?.advice.contains("[block_service.shared]") == true, "\(failed)")
      #expect(failed.error?.advice.contains("'undo 1'") == true)
      // This shell does not know it either: what lies there stays, and is named.
      #expect(await bench.run("undo 1 --dry_run").output.contains("this shell does not reach it"))
      let undone = await bench.run("undo 1")
      #expect(undone.error == nil && undone.output.contains("remove it there"), "\(undone)")
      let left = try FileManager.default.contentsOfDirectory(atPath: bench.directory.file("data/shared/onebox"))
      #expect(left.count == 1)
    }
  }

  @Test @LoopActor
  func aStorageThatTheSourceDoesNotKnowIsNamed() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let failed = await bench.run("migrate_by_backup -c B -a t2 -b elsewhere")
      #expect(failed.error?.message.hasPrefix("backup: ") == true, "\(failed)")
      #expect(failed.error?.advice.contains("[block_service.elsewhere]") == true, "\(failed)")
      #expect(try await target.tableInfo("t2") == nil)
    }
  }

  @Test @LoopActor
  func aBackupThatFailsIsMadeAnew() async throws {
    try await withMigration { bench in
      // A file where the servers want to write a directory.
      try FileManager.default.createDirectory(atPath: bench.storage, withIntermediateDirectories: true)
      try Data("no directory".utf8).write(to: URL(fileURLWithPath: "\(bench.storage)/onebox"))
      let failed = await bench.run(Self.line)
      #expect(failed.error != nil, "\(failed)")
      try FileManager.default.removeItem(atPath: "\(bench.storage)/onebox")
      let resumed = await bench.run("resume 1")
      #expect(resumed.error == nil && resumed.output.contains("same: 50 rows"), "\(resumed)")
      #expect(await bench.run("undo 1").error == nil)
      #expect(bench.backups("onebox").isEmpty)
    }
  }
}
