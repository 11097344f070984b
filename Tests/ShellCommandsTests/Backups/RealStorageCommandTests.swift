import BackupLayout
import Bytes
import EventLoop
import Foundation
import Onebox
import TestSupport
import Testing

@testable import ShellCommands

/// What real servers have stored, through the commands: 2 940 rows of a table with 4 partitions, and a bulk load of 10 000.
@Suite @LoopActor struct RealStorageCommandTests {
  let scratch = TemporaryDirectory("real")

  /// A bench whose shell and servers know the storages `real` (the cold backup), `old` (the same as servers of 2.0 and 2.1
  /// have laid it out, of a policy) and `loads`.
  private func withRealStorage(_ body: @LoopActor (CommandBench) async throws -> Void) async throws {
    try makeOldLayout()
    let roots = ["real": RealStorage.coldBackup, "old": scratch.file("old"), "loads": RealStorage.bulkLoad]
    try await withBench(
      sections: roots.map { "[block_service.\($0)]\ntype = local_service\nargs = \($1)\n" }.joined(),
      adjust: { options in for (name, root) in roots { options.blockServices[name] = root } }, body)
  }

  private func makeOldLayout() throws {
    let id = RealStorage.backupID
    let from = BackupTree(cluster: "onebox").backup(id)
    let to = BackupTree(cluster: "onebox", policy: "every_day").backup(id)
    let files = FileManager.default
    try files.createDirectory(atPath: scratch.file("old/onebox/every_day"), withIntermediateDirectories: true)
    try files.copyItem(atPath: "\(RealStorage.coldBackup)/\(from)", toPath: scratch.file("old/\(to)"))
    let info = BackupInfo(
      id: id, startTime: id, endTime: id + 5000, content: .tables(ids: [16], names: [16: "live_store"], status: 1))
    try write("old/\(to)", BackupInfo.fileName, info.contents)
    try write(
      "old/\(to)/live_store_16/meta", AppBackupStatus.fileName,
      AppBackupStatus(totalCheckpointSize: 249_789).contents)
    // Servers of 2.0 know no later keys.
    try write(
      "old/\(to)/live_store_16/meta", AppMetadata.fileName,
      Array(
        """
        {"status":"app_status::AS_AVAILABLE","app_type":"pegasus","app_name":"live_store","app_id":16,\
        "partition_count":4,"envs":{},"is_stateful":1,"max_replica_count":3,"expire_second":0,"create_second":1795220709,\
        "drop_second":0,"duplicating":0}
        """.utf8))
  }

  private func write(_ directory: String, _ name: String, _ contents: [UInt8]) throws {
    scratch.write("\(directory)/\(name)", String(decoding: contents, as: UTF8.self))
    let mark = LocalFileMark(size: Int64(contents.count), md5: MD5.hex(of: contents)).contents
    scratch.write("\(directory)/\(LocalFileMark.name(for: name))", String(decoding: mark, as: UTF8.self))
  }

  @Test(arguments: [("real", "onebox"), ("old", "onebox/every_day")])
  func bothLayoutsAreListedCheckedSplitAndRestored(provider: String, root: String) async throws {
    try await withRealStorage { bench in
      let id = RealStorage.backupID
      let list = await bench.run("ls_backups -b \(provider) -d")
      #expect(list.error == nil, "\(list)")
      let row = try #require(list.lines.first { $0.hasPrefix("\(id)") }).split(whereSeparator: \.isWhitespace)
      #expect(row.dropFirst(3) == [Substring(root), "16", "live_store", "4", "244", "KB", "complete"], "\(row)")
      let check = await bench.run("check_backup -b \(provider)")
      #expect(
        check.output.contains(
          "whole: 'live_store' (id 16), 4 partitions, 24 files, 244 KB; every size and MD5 is right"),
        "\(check)")

      let line = try #require(list.lines.first { $0.contains("restore -c ") }).split(separator: "  ").last ?? ""
      let restored = await bench.run(line.trimmingCharacters(in: .whitespaces))
      #expect(restored.error == nil && restored.output.contains("Restored table 'live_store'"), "\(restored)")
      #expect(await bench.run("cc A").error == nil)
      _ = await bench.run("use live_store")
      #expect(await bench.run("count_data --precise").output.contains("total 2940 rows"))

      _ = await bench.run("create wide -p 6")
      let split = await bench.run(
        "offline_split -b \(provider) -a live_store --to_cluster A --to_table wide --to_root bulk --to_provider local_service"
      )
      #expect(split.error == nil && split.output.contains("written 2940 "), "\(split)")
      #expect(await bench.run("start_bulk_load -a wide -c A -p local_service -r bulk --md5 --wait").error == nil)
      let verify = await bench.run("verify_data -c A -a wide")
      #expect(verify.output.contains("Verify done, same: 2940 rows."), "\(verify)")
      // Times to live came along: rows with i mod 4 = 1 have ten years, but for those that had a second.
      let counted = await bench.run("full_scan --ttl")
      #expect(
        counted.lines.count { $0.contains("ttl=") && !$0.hasSuffix("ttl=Infinite") } == 720,
        "\(counted.lines.prefix(3))")
    }
  }

  @Test func theRealBulkLoadIsLoaded() async throws {
    try await withRealStorage { bench in
      // The files were made for table id 7.
      for number in 2...6 { await bench.run("create other\(number) -p 1") }
      _ = await bench.run("create bl -p 4")
      let load = await bench.run("start_bulk_load -a bl -c onebox -p loads --root_path / --md5 --wait")
      #expect(load.error == nil && load.messages.contains("bl holds files for table id 7: 4 partitions"), "\(load)")
      _ = await bench.run("use bl")
      #expect(await bench.run("count_data --precise").output.contains("total 10000 rows"))
      let twice = await bench.run("start_bulk_load -a t1 -c onebox -p loads -r /")
      #expect(twice.error?.message.contains("bl/bulk_load_info") == false, "\(twice)")
    }
  }
}
