import Backups
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

/// Migrations that stand side by side on the same clusters, and undos that stand after one another.
@Suite(.serialized) struct MigrationsAtOnceTests {
  private static let line = "migrate_by_backup -c B -b local_service --max_upload_mb 50 --max_nfs_mb 20 --no_verify"

  @Test @LoopActor
  func oneTakesNotTheLimitsOfAnotherForThoseOfBefore() async throws {
    try await withMigration { bench in
      let before = try await bench.limits()
      let first = try await bench.watched("\(Self.line) -a t2") { job, event in
        if event.kind == "step_started", event.fields["step"]?.text == "check.look" { job.stop() }
      }
      #expect(first.state == .stopped)
      // The first one stands still with its limits; what it has found is what the second one sets back.
      #expect(await bench.run("\(Self.line) -a t3").error == nil)
      #expect(try await bench.limits() == before)
      #expect(await bench.run("resume 1").error == nil)
      #expect(try await bench.limits() == before)
    }
  }

  @Test @LoopActor
  func limitsStayWhileAnotherWorksUnderThem() async throws {
    try await withMigration { bench in
      let before = try await bench.limits()
      let other = TimedPause()
      let first = Task { @LoopActor in
        try await bench.watched("\(Self.line) -a t2") { job, event in
          guard event.kind == "step_started", event.fields["step"]?.text == "check.look" else { return }
          job.pause()
          other.job = job
        }
      }
      try await eventually("the first one waits") { other.job?.state == .paused }
      let limited = try await bench.limits()
      #expect(limited != before)
      #expect(await bench.run("\(Self.line) -a t3").error == nil)
      #expect(try await bench.limits() == limited)
      other.job?.unpause()
      #expect(try await first.value.state == .done)
      #expect(try await bench.limits() == before)
    }
  }

  /// The one whose pause is waited for.
  @LoopActor
  private final class TimedPause {
    var job: Job?
  }

  @Test @LoopActor
  func migrationsAndOthersWriteIntoOneTableOnlyWhenThatIsMeant() async throws {
    try await withMigration(assumesYes: false) { bench in
      let other = TimedPause()
      let first = Task { @LoopActor in
        try await bench.watched("\(Self.line) -a t2") { job, event in
          let step = event.fields["step"]?.text
          guard
            (event.kind, step) == ("step_started", "check.look")
              || (event.kind, step) == ("step_done", "restore.settle")
          else { return }
          job.pause()
          other.job = job
        }
      }
      try await eventually("it waits before there is a table") { other.job?.state == .paused }
      let text = "(migrate_by_backup A:t1 -> B:t2, paused) writes into B:t2 as well"
      for line in [Self.line, "migrate_by_bulk_load -c B -b local_service"] {
        let refused = await bench.run("\(line) -a t2")
        #expect(refused.error?.status == .refused)
        #expect(refused.error?.message.hasPrefix("Job 1 \(text). Write into it from two sides?") == true, "\(refused)")
        let shown = await bench.run("\(line) -a t2 --dry_run")
        #expect(shown.error?.message == "it would ask: job 1 \(text)" && shown.output.contains(text), "\(shown)")
        #expect(await bench.run("\(line) -a t3 --dry_run").error == nil)
      }
      other.job?.unpause()
      try await eventually("it has restored the table") { @LoopActor in
        guard other.job?.state == .paused else { return false }
        return try await bench.target.tableInfo("t2") != nil
      }
      let copy = await bench.run("copy_data -c B -a t2 --no_overwrite")
      #expect(copy.error?.message.hasPrefix("Job 1 \(text).") == true, "\(copy)")
      other.job?.unpause()
      #expect(try await first.value.state == .done)
      let free = await bench.run("copy_data -c B -a t2 --no_overwrite")
      #expect(free.error == nil, "\(free)")
      #expect(try await bench.session.jobs.list().map(\.plan.kind) == ["migrate_by_backup", "copy_data"])
    }
  }

  @Test @LoopActor
  func aMigrationSeesWhoWritesIntoItsTable() async throws {
    try await withMigration(assumesYes: false) { bench in
      _ = try await bench.target.createTable("t2", partitionCount: 7, replicaCount: 3)
      #expect(await bench.run("copy_data -c B -a t2 --max_rows_per_second 1 &").error == nil)
      #expect(await bench.run("pause 1").error == nil)
      let shown = await bench.run("migrate_by_bulk_load -c B -a t2 -p 7 -b local_service --existing --dry_run")
      #expect(shown.error?.status == .refused)
      #expect(shown.output.contains("job 1 (copy_data A:t1 -> B:t2, paused) writes into B:t2 as well"), "\(shown)")
    }
  }

  /// Servers set the level while they load: a second load must not take that for what it was.
  @Test @LoopActor
  func oneTakesNotTheLevelOfAnotherForThatOfBefore() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      _ = try await target.controlMeta(.lively)
      let line = "migrate_by_bulk_load -c B -b local_service --no_verify"
      let first = try await bench.watched("\(line) -a t2") { job, event in
        if event.kind == "step_done", event.fields["step"]?.text == "load.start" { job.stop() }
      }
      #expect(first.state == .stopped)
      _ = try await target.controlMeta(.steady)
      try await eventually("the servers have loaded") {
        !BulkLoadState(try await target.bulkLoadStatus(table: "t2")).isLoading
      }
      #expect(await bench.run("\(line) -a t3").error == nil)
      #expect(try await target.controlMeta() == .lively)
    }
  }

  /// Servers load one table at a time.
  @Test @LoopActor
  func aLoadWaitsForThatOfAnotherTable() async throws {
    try await withMigration { bench in
      let target = try await bench.target
      let line = "migrate_by_bulk_load -c B -b local_service"
      try await bench.holdLoads(true)
      let first = try await bench.watched("\(line) -a t2") { job, event in
        if event.kind == "step_done", event.fields["step"]?.text == "load.start" { job.stop() }
      }
      #expect(first.state == .stopped)
      let second = Task { @LoopActor in await bench.run("\(line) -a t3") }
      try await eventually("the second one waits") {
        let jobs = try await bench.session.jobs.list()
        return jobs.count == 2 && jobs[1].steps.first { $0.plan.name == "load.start" }?.detail["asked"] == true
      }
      // It goes on for some rounds: the second one is declined at first.
      #expect(BulkLoadState(try await target.bulkLoadStatus(table: "t2")).isLoading)
      try await bench.holdLoads(false)
      let ended = await second.value
      #expect(ended.error == nil, "\(ended)")
      #expect(await bench.run("resume 1").error == nil)
      for table in ["t2", "t3"] {
        #expect(try await target.tableInfo(table)?.envs["rocksdb.usage_scenario"] == "normal")
      }
    }
  }

  @Test @LoopActor
  func anUndoReplacesOneThatWasInterrupted() async throws {
    try await withMigration { bench in
      #expect(await bench.run("\(Self.line) -a t2").error == nil)
      #expect(await bench.run("\(Self.line) -a t3").error == nil)
      let stopped = try await bench.watched("undo 1") { job, event in
        if event.kind == "step_done", event.fields["step"]?.text == "restore" { job.stop() }
      }
      #expect(stopped.state == .stopped)
      let again = await bench.run("undo 1")
      #expect(again.error == nil && again.output.hasSuffix("Job 1 is undone.\n"), "\(again)")
      #expect(try await bench.session.jobs.record(JobID(rawValue: 3)).state == .cancelled)
      #expect(await bench.run("undo 1").output == "nothing is left of job 1 that could be undone\n")
      // What is undone already is not meant any more.
      let other = await bench.run("undo")
      #expect(other.error == nil && other.output.hasSuffix("Job 2 is undone.\n"), "\(other)")
      #expect(await bench.run("undo").error?.message == "there is no job to undo")
    }
  }

  /// The same path on another storage may be somebody else's.
  @Test @LoopActor
  func nothingIsTakenBackOnAnotherStorage() async throws {
    try await withMigration { bench in
      #expect(await bench.run("migrate_by_bulk_load -c B -a t2 -b local_service --no_verify").error == nil)
      let record = try await bench.session.jobs.record(JobID(rawValue: 1))
      let planned = try BulkLoadMigration(record.plan.parameters).files.storage
      let mine = try bench.session.storage("local_service")
      let other = LocalBlockService(name: "local_service", root: "/elsewhere")
      var changes = PlanChanges()
      try MigrationSides.compare(mine, with: planned, .undo(record), &changes)
      #expect(changes.isEmpty)
      try MigrationSides.compare(other, with: planned, .resume(record), &changes)
      #expect(changes.lines.count == 1)
      let refused = #expect(throws: ShellError.self) {
        try MigrationSides.compare(other, with: planned, .undo(record), &changes)
      }
      #expect(refused?.status == .refused)
      #expect(refused?.message.hasPrefix("job 1 cannot be taken back: the storage 'local_service' was '") == true)
    }
  }
}
