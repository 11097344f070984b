import EventLoop
import Foundation
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct RestoreCommandTests {
  /// Fifty rows, backed up: the table's id and the backup's.
  @LoopActor
  private func backedUp(_ bench: CommandBench) async throws -> (table: Int32, backup: Int64) {
    for number in 0..<50 { await bench.run("set key\(number) sort value\(number)") }
    let words = await bench.run("backup t1 local_service").output.split(separator: " ")
    let table = try #require(try await bench.session.cluster().tableInfo("t1"))
    return (table.appId, try #require(words.lazy.compactMap { Int64($0) }.first))
  }

  @Test @LoopActor
  func aRestoredTableIsTheSame() async throws {
    try await withBench { bench in
      let (table, backup) = try await backedUp(bench)
      let restored = await bench.run("restore -c onebox -a t1 -i \(table) -t \(backup) -b local_service -n t2")
      #expect(restored.error == nil)
      let new = try #require(try await bench.session.cluster().tableInfo("t2")).appId
      #expect(restored.output == "Restored table 't2' (id \(new)), 4 partitions.\n")
      let verify = await bench.run("verify_data -c A -a t2 --delay 0")
      #expect(verify.output == "Verify done, same: 50 rows.\n")

      #expect(await bench.run("query_restore_status \(new)").output == "the overall progress of restore is 100%\n")
      let detailed = await bench.run("query_restore_status \(new) -d")
      #expect(detailed.lines[0] == "pid           progress(%)   restore_status")
      #expect(detailed.lines[1] == "0             100           ok            ")
      #expect(detailed.output.contains("\n\nthe overall progress of restore is 100%\n\nannotations:\n    ok : mean "))
      #expect(await bench.run("query_restore_status t2 --wait").error == nil)
      #expect(await bench.run("query_restore_status 99").error?.message == "invalid restore_app_id(99)")
    }
  }

  @Test @LoopActor
  func theNewestBackupIsTakenWhenNoneIsNamed() async throws {
    try await withBench { bench in
      let none = await bench.run("restore -c onebox -a t1 -b local_service -n t2")
      #expect(none.error?.message.hasPrefix("local_service ") == true, "\(none)")
      let (table, first) = try await backedUp(bench)
      _ = await bench.run("set another sort value")
      // A later one elsewhere is another matter.
      let (_, second) = try await backedUp(bench)
      _ = await bench.run("backup t1 local_service elsewhere")
      let restored = await bench.run("restore -c onebox -a t1 -b local_service -n t2")
      #expect(restored.error == nil && second > first, "\(restored)")
      #expect(restored.messages.contains("INFO: -t \(second) -i \(table): the newest backup of table 't1' in onebox\n"))
      #expect(await bench.run("restore -c onebox -a t1 -t \(first) -b local_service -n t3").error == nil)
      _ = await bench.run("use t3")
      #expect(await bench.run("count_data --precise").output.contains("total 50 rows"))
      let absent = await bench.run("restore -c onebox -a t9 -b local_service")
      #expect(absent.error?.message.hasPrefix("there is no backup of table 't9' in onebox of local_service") == true)
    }
  }

  @Test @LoopActor
  func theOldNameDoesNotWait() async throws {
    try await withBench { bench in
      let (table, backup) = try await backedUp(bench)
      let begun = await bench.run(
        "restore_app -c onebox -p \"\" -a t1 -i \(table) -t \(backup) -b local_service -n t2")
      #expect(begun.error == nil)
      let new = try #require(try await bench.session.cluster().tableInfo("t2")).appId
      #expect(begun.output == "\tnew app_id = \(new)\n")
    }
  }

  @Test @LoopActor
  func whatCannotEndWellIsNotBegun() async throws {
    try await withBench { bench in
      let (table, backup) = try await backedUp(bench)
      func refused(_ options: String) async -> ShellError? {
        await bench.run("restore -b local_service \(options)").error
      }
      let there = await refused("-c onebox -a t1 -i \(table) -t \(backup)")
      #expect(there?.status == .refused && there?.advice.contains("-n gives") == true)
      let cluster = await refused("-c elsewhere -a t1 -i \(table) -t \(backup) -n t2")
      #expect(cluster?.advice.contains("it is in onebox") == true)
      let id = await refused("-c onebox -a t1 -i 77 -t \(backup) -n t2")
      #expect(id?.advice == "it has \(table) t1")
      let name = await refused("-c onebox -a other -i \(table) -t \(backup) -n t2")
      #expect(name?.advice.contains("-a t1 -i \(table)") == true)
      let time = await refused("-c onebox -a t1 -i \(table) -t \(backup + 1) -n t2")
      #expect(time?.advice == "the newest there: \(backup)")
      // Without the look the servers say it.
      let unlooked = await refused("-c elsewhere -a t1 -i \(table) -t \(backup) -n t2 --no_check")
      #expect(unlooked?.message.hasPrefix("restore app failed with err(ERR_OBJECT_NOT_FOUND)") == true)
      #expect(unlooked?.advice.contains("elsewhere/\(backup)/t1_\(table)") == true)
      #expect(try await bench.session.cluster().tableInfo("t2") == nil)
    }
  }

  @Test @LoopActor
  func damagedPartitionsAreRefusedOrSkippedByName() async throws {
    try await withBench { bench in
      let (table, backup) = try await backedUp(bench)
      let partition = "\(bench.storage)/onebox/\(backup)/t1_\(table)/2"
      let pointer = try String(contentsOfFile: "\(partition)/current_checkpoint", encoding: .utf8)
        .trimmingCharacters(in: .controlCharacters.union(.whitespacesAndNewlines))
      let sst = try #require(
        try FileManager.default.contentsOfDirectory(atPath: "\(partition)/\(pointer)").first { $0.hasSuffix(".sst") })
      try FileManager.default.removeItem(atPath: "\(partition)/\(pointer)/\(sst)")

      let line = "restore -c onebox -a t1 -i \(table) -t \(backup) -b local_service -n t2"
      let refused = await bench.run(line)
      #expect(refused.error?.message.contains(sst) == true)
      #expect(refused.error?.advice.contains("make a new backup") == true)

      // The servers find it, too, and drop the table again.
      let takenBack = await bench.run("\(line) --no_check")
      #expect(takenBack.error?.message.contains("the servers have dropped the new table") == true)
      #expect(takenBack.error?.advice.contains("--skip_bad_partition") == true)

      let skipped = await bench.run("\(line) -s")
      #expect(skipped.error?.status == .problem)
      #expect(skipped.messages.contains("WARNING: 1 partitions are empty because their data is damaged: 2"))
      #expect(skipped.output.hasSuffix("4 partitions, 1 of them empty.\n"))
      #expect(await bench.run("query_restore_status t2 -d").output.contains("2             100           skip"))
    }
  }
}
