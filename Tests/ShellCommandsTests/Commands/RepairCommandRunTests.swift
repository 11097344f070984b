import EventLoop
import JSON
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct RepairCommandRunTests {
  @LoopActor
  private func verify(_ bench: CommandBench, _ options: String = "") -> String {
    "verify_data -c A -a t2 --delay 0 --report \(bench.directory.file("report.ndjson")) \(options)"
  }

  @LoopActor
  private func repair(_ bench: CommandBench, _ options: String = "") -> String {
    "repair_data \(bench.directory.file("report.ndjson")) \(options)"
  }

  /// Tables `t1` and `t2` of 20 rows, of which `t2` lacks one, has two too many, and one with another value.
  @LoopActor
  private func damage(_ bench: CommandBench) async throws {
    _ = try await bench.session.cluster().createTable("t2", partitionCount: 7, replicaCount: 3)
    for number in 0..<20 { await bench.run("set key\(number) sort v\(number)") }
    #expect(await bench.run("copy_data -c A -a t2").error == nil)
    await bench.run("use t2")
    await bench.run("del key1 sort")
    await bench.run("set key2 sort other")
    await bench.run("set extra1 sort x")
    await bench.run("set extra2 sort x")
    await bench.run("use t1")
    #expect(await bench.run(verify(bench)).error?.status.rawValue == 1)
  }

  @Test @LoopActor
  func whatVerifyFindsRepairMends() async throws {
    try await withBench { bench in
      try await damage(bench)
      let dry = await bench.run(repair(bench, "--dry_run --delete_extra"))
      #expect(dry.error == nil)
      #expect(
        Set(dry.lines) == [
          #""key1" : "sort" would be written"#, #""key2" : "sort" would be written"#,
          #""extra1" : "sort" would be deleted"#, #""extra2" : "sort" would be deleted"#,
          "Nothing was written: 2 rows would be mended, 2 deleted.",
        ])
      #expect(await bench.run(verify(bench)).lines.count == 5, "nothing was written")

      let first = await bench.run(repair(bench))
      #expect(first.error?.status.rawValue == 1)
      #expect(first.error?.message == "2 rows are on the target only, and were left alone")
      #expect(first.lines.last == "Repair done, mended 2 rows, deleted 0.")
      #expect(
        first.messages.contains(
          "looked at 4 = mended 2 + deleted 0 + already the same 0 + skipped 2 + changing 0 + failed 0"))

      let second = await bench.run(repair(bench, "--delete_extra -j"))
      #expect(second.error == nil)
      let json = try JSONParser.parse(second.output.utf8)
      #expect(json["complete"] == true && json["same"] == 2 && json["deleted"] == 2 && json["looked_at"] == 4)
      let clean = await bench.run(verify(bench))
      #expect(clean.error == nil && clean.output == "Verify done, same: 20 rows.\n")

      // Nothing is left to do.
      let third = await bench.run(repair(bench))
      #expect(third.error == nil && third.lines == ["Repair done, mended 0 rows, deleted 0."])
    }
  }

  @Test @LoopActor
  func whatDoesNotFitIsRefused() async throws {
    try await withBench { bench in
      try await damage(bench)
      let absent = await bench.run("repair_data \(bench.directory.file("absent"))")
      #expect(absent.error?.status == .refused)

      let report = bench.directory.read("report.ndjson") ?? ""
      var lines = report.split(separator: "\n").map(String.init)
      lines[2] = "{"
      let broken = bench.directory.write("broken.ndjson", lines.joined(separator: "\n"))
      let malformed = await bench.run("repair_data \(broken)")
      #expect(malformed.error?.status == .refused)
      #expect(malformed.error?.message.hasPrefix("line 3 of \(broken): not JSON") == true)

      // The target is another table by now.
      _ = try await bench.session.cluster().dropTable("t2", reserveSeconds: 0)
      _ = try await bench.session.cluster().createTable("t2", partitionCount: 5, replicaCount: 3)
      let other = await bench.run(repair(bench))
      #expect(other.error?.status == .refused)
      #expect(other.error?.message.contains("target table 't2' of A was dropped and created again") == true)
      #expect(other.error?.message.contains("had 7 partitions, now 5") == true)
      await bench.run("use t2")
      #expect(await bench.run("count_data -c").output.contains("total 0 rows"))
    }
  }

  @Test @LoopActor
  func deletingIsAskedFor() async throws {
    try await withBench(isInteractive: true, assumesYes: false, statesProduction: true) { bench in
      bench.input.set(["yes", "t2", "t2"])
      try await damage(bench)
      bench.input.set(["no"])
      let refused = await bench.run(repair(bench))
      #expect(refused.error?.status == .refused)
      // A yes is not enough for what destroys.
      bench.input.set(["yes"])
      #expect(await bench.run(repair(bench, "--delete_extra")).error?.status == .refused)
      bench.input.set(["t2"])
      #expect(await bench.run(repair(bench, "--delete_extra")).error == nil)
    }
  }
}
