import EventLoop
import Onebox
import PegasusClient
import Testing

@testable import ShellCommands

/// What `copy_data` refuses, asks and shows before its first write.
@Suite(.serialized) struct CopyPreflightRunTests {
  @LoopActor
  private func line(_ bench: CommandBench, _ options: String = "", table: String = "t2") -> String {
    "copy_data -c 127.0.0.1:\(bench.server.metaPort) -a \(table) \(options)"
  }

  /// `t1` with 20 rows and `t2` with `existing` of its own.
  @LoopActor
  private func withTables(
    existing: Int = 0, isInteractive: Bool = false, assumesYes: Bool = false,
    _ body: @LoopActor (CommandBench) async throws -> Void
  ) async throws {
    try await withBench(partitions: 4, isInteractive: isInteractive, assumesYes: assumesYes) { bench in
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 4, replicaCount: 3)
      for number in 0..<20 { await bench.run("set key\(number) sort v") }
      bench.session.tableName = "t2"
      for number in 0..<existing { await bench.run("set key\(number) sort theirs") }
      bench.session.tableName = "t1"
      try await body(bench)
    }
  }

  @LoopActor
  private func rows(of table: String, _ bench: CommandBench) async -> String {
    bench.session.tableName = table
    defer { bench.session.tableName = "t1" }
    return await bench.run("full_scan").output
  }

  @Test @LoopActor
  func aScriptNeedsYesForRowsOnTheTarget() async throws {
    try await withTables(existing: 5) { bench in
      let refused = await bench.run(line(bench))
      #expect(refused.error?.status == .refused)
      #expect(refused.error?.message.contains("--yes") == true)
      #expect(refused.error?.message.contains("t2 has rows already") == true)
      #expect(await rows(of: "t2", bench).contains("theirs"))
      #expect(await rows(of: "t2", bench).contains("\"v\"") == false, "nothing was written")

      let added = await bench.run(line(bench, "--no_overwrite"))
      #expect(added.error == nil && added.messages.contains("copied 15 + filtered 0 + expired 0 + existing 5"))
      #expect(await bench.run(line(bench, "--yes")).error == nil)
      #expect(await bench.run(line(bench)).error?.status == .refused, "it was meant for that copy alone")
    }
    try await withTables(existing: 5, assumesYes: true) { bench in
      let result = await bench.run(line(bench))
      #expect(result.error == nil && result.output == "Copy done, total 20 rows.\n")
      #expect(result.messages.contains("WARNING: "))
      let report = await bench.run("report 1")
      #expect(report.output.contains("t2 has rows already"), "the job remembers what it was begun with")
      #expect(await rows(of: "t2", bench).contains("theirs") == false)
    }
  }

  @Test @LoopActor
  func aFreshTargetNeedsNothing() async throws {
    try await withTables { bench in
      #expect(await bench.run(line(bench)).error == nil)
      // Emptied again: what the servers still estimate does not count.
      bench.session.tableName = "t2"
      #expect(await bench.run("clear_data -f").error == nil)
      bench.session.tableName = "t1"
      let again = await bench.run(line(bench))
      #expect(again.error == nil && again.output == "Copy done, total 20 rows.\n")
    }
  }

  @Test @LoopActor
  func partsOfOneCopyDoNotStandInEachOthersWay() async throws {
    try await withTables { bench in
      for partition in 0..<4 { #expect(await bench.run(line(bench, "-p \(partition)")).error == nil) }
      #expect(await bench.run(line(bench, "-p 2")).error?.status == .refused, "its own rows are there now")
      #expect(await bench.run(line(bench, "-h prefix -x nothing")).error == nil)
      #expect(await bench.run(line(bench, "-h prefix -x key")).error?.status == .refused)
    }
  }

  @Test @LoopActor
  func thePromptAsksWithRowsClusterAndTable() async throws {
    try await withTables(existing: 5, isInteractive: true) { bench in
      bench.input.set(["no"])
      #expect(await bench.run(line(bench)).error?.status == .refused)
      // A cluster of which nothing is said counts as production: the name is typed.
      bench.input.set(["t2"])
      #expect(await bench.run(line(bench)).error == nil)
    }
  }

  @Test @LoopActor
  func anEmptySourceBesideAFullTargetIsAsked() async throws {
    try await withTables { bench in
      bench.session.tableName = "t2"
      let result = await bench.run(line(bench, table: "t1"))
      #expect(result.error?.status == .refused)
      #expect(result.error?.message.contains("The source is empty") == true)
    }
  }

  @Test @LoopActor
  func whatCannotEndWellIsRefusedWhateverTheAnswer() async throws {
    try await withTables(assumesYes: true) { bench in
      await bench.run("set_app_envs replica.deny_client_request reconfig*write")
      let fine = await bench.run(line(bench))
      #expect(fine.error == nil, "writes to the source are not needed")
      bench.session.tableName = "t2"
      await bench.run("set_app_envs replica.deny_client_request reconfig*write")
      bench.session.tableName = "t1"
      let denied = await bench.run(line(bench))
      #expect(denied.error?.status == .refused)
      #expect(denied.error?.advice.contains("del_app_envs") == true)
      #expect(await bench.run(line(bench, table: "t1")).error?.status == .refused)
      let missing = await bench.run(line(bench, table: "t9"))
      #expect(missing.error?.status == .problem && missing.error?.message.contains("t9") == true)
    }
  }

  @Test @LoopActor
  func aDryRunShowsBothSidesAndWritesNothing() async throws {
    try await withTables(existing: 1) { bench in
      let result = await bench.run(line(bench, "--dry_run --max_rows_per_second 10"))
      #expect(result.error?.status == .refused, "the copy would ask")
      for text in ["[sides]", "[copy]", "[findings]", "estimated_rows", "partitions", "all healthy", "asks     rows"] {
        #expect(result.output.contains(text), "\(text)")
      }
      #expect(result.output.contains("10 rows/s (--max_rows_per_second)"))
      #expect(await rows(of: "t2", bench).contains("\"v\"") == false)

      let document = await bench.run(line(bench, "--dry_run -j --no_overwrite"))
      #expect(document.error == nil)
      #expect(document.output.hasPrefix("{"))
      for text in [#""verdict": "ready""#, #""has_rows": true"#, #""write_mode": "putIfAbsent""#, #""findings": ["#] {
        #expect(document.output.contains(text), "\(text)")
      }
      let missing = await bench.run(line(bench, "--dry_run", table: "t9"))
      #expect(missing.error?.status == .refused && missing.output.contains("blocker"))
    }
    try await withTables(existing: 1, assumesYes: true) { bench in
      #expect(await bench.run(line(bench, "--dry_run")).error == nil)
    }
  }
}
