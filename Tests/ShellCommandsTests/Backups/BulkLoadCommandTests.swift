import EventLoop
import Foundation
import JSON
import Jobs
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct BulkLoadCommandTests {
  private static let load = "start_bulk_load -a t3 -c A -p local_service -r bulk"
  private static let split = "offline_split -b local_service -a t1 --to_cluster A --to_table t3 --to_root bulk"

  /// Fifty rows of `t1`, some with a time to live, backed up; and an empty table `t3` with 7 partitions.
  @LoopActor
  private func prepared(_ bench: CommandBench) async throws {
    for number in 0..<50 {
      await bench.run("set key\(number) sort value\(number)\(number % 5 == 0 ? " 86400" : "")")
    }
    #expect(await bench.run("backup t1 local_service").error == nil)
    _ = try await bench.session.cluster().createTable("t3", partitionCount: 7, replicaCount: 3)
  }

  @LoopActor
  private func split(_ bench: CommandBench, _ options: String = "") async -> CommandBench.Result {
    await bench.run("\(Self.split) --work_directory \(bench.directory.file("work")) \(options)")
  }

  @Test @LoopActor
  func aBackupBecomesATableWithAnotherPartitionCount() async throws {
    try await withBench(isJournaled: true) { bench in
      try await prepared(bench)
      let split = await split(bench)
      #expect(split.error == nil)
      let account = try #require(split.lines.first { $0.hasPrefix("read ") })
      #expect(account.contains("= written 50 + expired 0 + misplaced 0 + markers "))
      #expect(split.lines.last?.hasPrefix("Split done, total 50 rows into 7 partitions, ") == true)
      #expect(split.messages.contains("INFO: \(Self.load)\n"))
      #expect(
        split.messages.contains("(id \(try await id(of: "t3", bench))): 7 partitions, data version 1, in bulk/A/t3"))

      await bench.run("set_meta_level lively")
      let loaded = await bench.run("\(Self.load) --md5 --wait")
      #expect(loaded.error == nil)
      #expect(loaded.output == "Bulk load of table 't3' succeeded, 7 partitions.\n")
      #expect(loaded.messages.contains("every MD5 is right"))
      #expect(await bench.run("get_meta_level").output == "current meta level is fl_lively\n")
      #expect(await bench.run("verify_data -c A -a t3 --delay 0").output == "Verify done, same: 50 rows.\n")

      let status = await bench.run("query_bulk_load_status -a t3 -d")
      #expect(status.output.hasPrefix("[all partitions]\npartition_index  partition_status  is_cleaned_up  \n"))
      #expect(
        status.output.contains("[summary]\nis_bulk_loading       : NO         \napp_bulk_load_status  : BLS_SUCCEED"))
      let one = await bench.run("query_bulk_load_status -a t3 -i 6 -d -j")
      #expect(try JSONParser.parse(one.output.utf8)["summary"]?["partition_bulk_load_status"]?.text == "BLS_SUCCEED")
      #expect(
        await bench.run("query_bulk_load_status -a t3 -i 7").error?.message.contains("invalid partition index") == true)
      #expect(await bench.run("clear_bulk_load -a t3").error == nil)
      #expect(await bench.run("query_bulk_load_status -a t3").output.contains("BLS_INVALID"))

      // The files are there: another split must not mix with them.
      let again = await self.split(bench)
      #expect(again.error?.status == .refused && again.error?.advice.contains("--clean") == true)
      #expect(await self.split(bench, "--clean").output == "removed bulk/A/t3\n")
      #expect(!FileManager.default.fileExists(atPath: "\(bench.storage)/bulk/A/t3"))
      let gone = await bench.run(Self.load)
      #expect(gone.error?.message.contains("bulk_load_info") == true)
    }
  }

  @LoopActor
  private func id(of table: String, _ bench: CommandBench) async throws -> Int32 {
    try #require(try await bench.session.cluster().tableInfo(table)).appId
  }

  @Test @LoopActor
  func filesForAnotherTableOrDamagedOnesAreRefusedBeforeTheServersAreAsked() async throws {
    try await withBench(isJournaled: true) { bench in
      try await prepared(bench)
      #expect(await split(bench, "--to_table_id 99 --partition_count 7").error == nil)
      let other = await bench.run(Self.load)
      #expect(other.error?.message.contains("id 99 and 7 partitions") == true)
      // Servers say it in their way.
      let unlooked = await bench.run("\(Self.load) --no_check")
      #expect(unlooked.error?.message.contains("ERR_INCONSISTENT_STATE") == true)
      #expect(unlooked.error?.advice.contains("offline_split") == true)

      #expect(await split(bench, "--clean").error == nil)
      #expect(await split(bench).error == nil)
      let partition = "\(bench.storage)/bulk/A/t3/3"
      let sst = try #require(
        try FileManager.default.contentsOfDirectory(atPath: partition).first { $0.hasSuffix(".sst") })
      var bytes = try Data(contentsOf: URL(filePath: "\(partition)/\(sst)"))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(filePath: "\(partition)/\(sst)"))
      #expect(await bench.run("\(Self.load) --md5").error?.message.contains("its MD5 is") == true)

      // The servers find it while they download.
      let failed = await bench.run("\(Self.load) --wait")
      #expect(failed.error?.message.hasPrefix("the bulk load of table 't3' failed, cause ERR_") == true)
      #expect(await bench.run("query_bulk_load_status -a t3").output.contains("bulk_load_err"))
      // What was repaired is loaded by a resume.
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(filePath: "\(partition)/\(sst)"))
      let number = try #require(try await bench.session.jobs.list().last).id
      let resumed = await bench.run("resume \(number)")
      #expect(resumed.output.hasSuffix("Bulk load of table 't3' succeeded, 7 partitions.\n"))
    }
  }

  @Test @LoopActor
  func controlsAnswerInTheOldWords() async throws {
    try await withBench(isJournaled: true) { bench in
      try await prepared(bench)
      #expect(await split(bench).error == nil)
      for verb in ["pause", "restart", "cancel"] {
        let idle = await bench.run("\(verb)_bulk_load -a t3")
        #expect(idle.error?.message.hasPrefix("\(verb) bulk load failed, error=ERR_INACTIVE_STATE") == true)
        #expect(idle.error?.advice == "table 't3' is not being loaded")
      }
      // Slow enough to be stopped on its way.
      #expect(await bench.run("rate_limit set load_replicas 0").error == nil)
      let started = await bench.run(Self.load)
      #expect(started.output == "start bulk load succeed\n")
      #expect(await bench.run(Self.load).error?.message.contains("ERR_BUSY") == true)
      #expect(await bench.run("clear_bulk_load -a t3").error?.advice.contains("cancel_bulk_load") == true)
      #expect(await bench.run("pause_bulk_load -a t3").output == "pause bulk load succeed\n")
      try await eventually("the load is paused") {
        await bench.run("query_bulk_load_status -a t3").output.contains("BLS_PAUSED")
      }
      // Whoever waits is told why nothing moves.
      let other = bench.anotherSession()
      let watching = Task { await bench.run("query_bulk_load_status -a t3 --wait", in: other) }
      try await eventually("somebody watches") {
        try await other.jobs.list().last?.progress?.slowed == "the load is paused"
      }
      #expect(await bench.run("restart_bulk_load -a t3").output == "restart bulk load succeed\n")
      #expect(await bench.run("cancel_bulk_load -a t3 -f").output == "cancel bulk load succeed\n")
      let watched = await watching.value
      #expect(watched.error?.message == "the bulk load of table 't3' was cancelled" && watched.error?.advice == "")
      try await eventually("the load has ended") {
        await bench.run("query_bulk_load_status -a t3").output.contains("is_bulk_loading       : NO")
      }
    }
  }

  @Test @LoopActor
  func loadingBehindNeedsATableThatAllowsIt() async throws {
    try await withBench { bench in
      let refused = await bench.run("\(Self.load.replacing("t3", with: "t1")) --ingest_behind")
      #expect(refused.error?.message.contains("inconsistent ingestion behind option") == true)
      #expect(refused.error?.advice.contains("rocksdb.allow_ingest_behind=true") == true)
      #expect(await bench.run("start_bulk_load -a nosuch -c A -p s -r r").error?.advice.contains("t1") == true)
      #expect(
        await bench.run("start_bulk_load -a t1 -c \"\" -p s -r r").error?.message.contains(
          "cluster_name should not be empty") == true)
    }
  }

  @Test @LoopActor
  func rowsOfTheTableWinOverThoseLoadedBehind() async throws {
    try await withBench(isJournaled: true) { bench in
      try await prepared(bench)
      #expect(await bench.run("drop t3 -r 0").error == nil)
      let create = "create t3 -p 7 -e rocksdb.allow_ingest_behind=true,rocksdb.usage_scenario=bulk_load"
      #expect(await bench.run(create).error == nil)
      _ = await bench.run("use t3")
      _ = await bench.run("set key0 sort NEW")
      #expect(await split(bench).error == nil)
      let load = "\(Self.load) --ingest_behind --wait"
      #expect(await bench.run(load).error == nil)
      #expect(await bench.run("get key0 sort").lines.first == "\"NEW\"")
      #expect(await bench.run("count_data --precise").output.contains("total 50 rows"))
      // It cannot be repeated, and nobody is told that it could.
      let again = await bench.run(load)
      #expect(again.error?.message.hasSuffix("cause ERR_INGESTION_FAILED") == true, "\(again)")
      #expect(again.error?.advice.contains("drop the table and create it anew") == true)
      let status = await bench.run("bulk-load query -a t3")
      #expect(status.messages.contains("but for --ingest_behind: then drop the table"), "\(status)")
    }
  }

  @Test @LoopActor
  func aSplitNamesWhatIsMissing() async throws {
    try await withBench { bench in
      #expect(await split(bench).error?.message.contains("no backup of table 't1'") == true)
      for number in 0..<5 { await bench.run("set key\(number) sort v") }
      #expect(await bench.run("backup t1 local_service").error == nil)
      let noTable = await split(bench)
      #expect(noTable.error?.message == "cluster 'A' has no table 't3' to make files for")
      #expect(
        await bench.run("offline_split -b local_service -a t1 --to_cluster Z --to_root bulk").error?.status == .usage)
      #expect(await split(bench, "--partition_count 3").error?.message.contains("belong together") == true)
    }
  }
}
