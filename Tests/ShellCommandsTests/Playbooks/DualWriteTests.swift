import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

/// A migration while an application writes to both tables: what it wrote last must be there in the end, whatever the
/// backup says, and what it has not touched must be as in the old table.
@Suite(.serialized) struct DualWriteTests {
  private static let line = "migrate_by_bulk_load -c B -a t2 -p 7 -b local_service"

  @LoopActor
  private func source(_ bench: CommandBench) throws -> Table { try bench.session.cluster().table("t1") }

  /// Goes on with a job, and says how many changes were made between the beginning and the end of its load.
  @LoopActor
  private func resumed(_ bench: CommandBench, _ app: DualWriter) async throws -> (end: JobEnd, during: Int) {
    await bench.run("resume 1 &")
    let job = try #require(bench.session.jobs.running.last)
    var marks: [Int] = []
    _ = job.subscribe { event in
      guard let step = event.fields["step"]?.text else { return }
      if (event.kind == "step_started" && step == "split.look") || (event.kind == "step_done" && step == "load") {
        marks.append(app.writes)
      }
    }
    let end = await job.outcome()
    return (end, marks.count == 2 ? marks[1] - marks[0] : 0)
  }

  private func expectRight(_ wrong: [String]) { #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(5))") }

  @Test @LoopActor
  func whatTheApplicationWroteLastWins() async throws {
    try await withMigration { bench in
      try await DualWriter.fill(source(bench))
      let waiting = await bench.run("\(Self.line) --ingest_behind --no_verify")
      #expect(waiting.error?.status == .interrupted, "\(waiting)")
      #expect(waiting.error?.advice.contains("switch the application's dual writes on now") == true, "\(waiting)")
      #expect(waiting.error?.advice.contains("A:t1 and B:t2; then 'resume 1'") == true, "\(waiting)")
      #expect(bench.backups("onebox").isEmpty)

      let target = try await bench.target.table("t2")
      let app = DualWriter(try source(bench), target)
      app.start()
      try await eventually("the application writes") { app.writes > 300 }
      let (end, during) = try await resumed(bench, app)
      #expect(end.state == .done, "\(end)")
      #expect(during > 50)
      try await app.stop()
      expectRight(try await app.wrong(in: source(bench)))
      expectRight(try await app.wrong(in: target))

      // So it stays when all is rewritten once more, by replicas that were opened anew.
      let info = try #require(try await bench.target.tableInfo("t2"))
      #expect(info.envs["rocksdb.allow_ingest_behind"] == "false" && info.envs["rocksdb.usage_scenario"] == "normal")
      await bench.run("cc B")
      await bench.run("remote_command -t replica-server replica.kill_partition \(info.appId)")
      try await eventually("the replicas are open") {
        await bench.run("start_manual_compact -a t2 -b --wait").error == nil
      }
      await bench.run("cc A")
      await bench.run("use t1")
      expectRight(try await app.wrong(in: target))
      let verified = await bench.run("verify_data -c B -a t2 --delay 0")
      #expect(verified.error == nil && verified.output.hasPrefix("Verify done, same: "), "\(verified)")
    }
  }

  /// The same application and the same tables: without going behind the backup overwrites what was written meanwhile.
  @Test @LoopActor
  func aLoadThatDoesNotGoBehindLosesWrites() async throws {
    try await withMigration { bench in
      try await DualWriter.fill(source(bench))
      var app: DualWriter?
      let target = try await bench.target.table("t2")
      let source = try source(bench)
      let end = try await bench.watched("\(Self.line) --no_verify") { job, event in
        guard event.kind == "step_done", event.fields["step"]?.text == "scenario" else { return }
        job.pause()
        let writer = DualWriter(source, target)
        app = writer
        writer.start()
        Task { @LoopActor in
          try? await eventually("the application writes") { writer.writes > 300 }
          job.unpause()
        }
      }
      #expect(end.state == .done, "\(end)")
      let writer = try #require(app)
      try await writer.stop()
      expectRight(try await writer.wrong(in: source))
      #expect(try await !writer.wrong(in: target).isEmpty)
    }
  }

  @Test @LoopActor
  func somebodyAtThePromptIsWaitedFor() async throws {
    try await withMigration(isInteractive: true) { bench in
      let begun = await bench.run("\(Self.line) --ingest_behind &")
      #expect(begun.error == nil, "\(begun)")
      let job = try #require(bench.session.jobs.running.last)
      try await eventually("it waits") { job.state == .paused }
      #expect(job.record.progress?.step == "dual_write")
      #expect(bench.backups("onebox").isEmpty)
      #expect(await bench.run("resume 1").error == nil)
      #expect(await job.outcome().state == .done)
      #expect(bench.backups("onebox").count == 1)
    }
  }

  /// Days later somebody goes on with what was stopped while it waited.
  @Test @LoopActor
  func whoGoesOnWithAJobThatWaitedIsAsked() async throws {
    try await withMigration(isInteractive: true, assumesYes: false) { bench in
      bench.input.set(["yes"])
      await bench.run("\(Self.line) --ingest_behind &")
      let job = try #require(bench.session.jobs.running.last)
      try await eventually("it waits") { job.state == .paused }
      #expect(await bench.run("stop 1").error == nil)
      bench.input.set(["no"])
      let refused = await bench.run("resume 1")
      #expect(refused.error?.status == .refused)
      #expect(bench.backups("onebox").isEmpty)
      bench.input.set(["yes"])
      #expect(await bench.run("resume 1").error == nil)
    }
  }
}
