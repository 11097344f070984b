import EventLoop
import JSON
import Foundation
import Glibc
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

/// Disks that run full while tables are backed up, restored, split and loaded; then there is room again.
@Suite(.serialized, .enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
struct FullStorageTests {
  private static let rows = 20_000

  private func directory(on disk: SmallDisk, _ name: String) -> String {
    mkdir("\(disk.path)/\(name)", 0o700)
    return "\(disk.path)/\(name)"
  }

  @Test @LoopActor func aStorageWithoutRoomFailsTheBackup() async throws {
    let disk = try #require(SmallDisk(megabytes: 1))
    let bench = try await StorageBench(storage: directory(on: disk, "storage"))
    try await bench.fill(rows: Self.rows)
    let said = try await bench.fail(
      "use users\nbackup users local_service", 1, "has failed on the servers", "the storage may be full",
      "on the storage is of no use: 'remove_backup")
    let lost = try #require(StorageBench.names(below: "\(bench.storage)/source") { Int64($0) != nil }.first)
    #expect(said.errorOutput.contains("remove_backup -b local_service -r source -t \(lost)"))
    #expect(try await bench.succeed("ls_backups -b local_service").contains(" unfinished "))
    try await eventually("the checkpoints are gone") { bench.leftovers(of: bench.source).isEmpty }
    #expect(try await bench.succeed("query_backup_status users").contains("failed"))
    // A resume without room fails in the same way, and with room it makes another one.
    try await bench.fail("resume", 1, "has failed on the servers")
    try disk.resize(megabytes: 20)
    #expect(try await bench.succeed("resume").contains(" is complete."))
    try await bench.succeed("remove_backup -b local_service -t \(lost)")
    let left = StorageBench.names(below: "\(bench.storage)/source") { Int64($0) != nil }
    #expect(left.count == 2)
    try await bench.succeed("check_backup -b local_service -t \(left[1])")
    try await bench.succeed(StorageBench.restore(try #require(Int64(left[1])), as: "r"))
    try await bench.verify("r", rows: Self.rows)
    try await bench.verifySource(rows: Self.rows)
  }

  @Test @LoopActor func aTargetWithoutRoomIsSaidToBeAndGoesOnWithRoom() async throws {
    let disk = try #require(SmallDisk(megabytes: 4))
    let data = directory(on: disk, "data")
    let bench = try await StorageBench(targetDirectory: data)
    let ballast = "\(disk.path)/ballast"
    func fillUp() throws {
      let free = try FileManager.default.attributesOfFileSystem(forPath: disk.path)[.systemFreeSize] as? Int ?? 0
      try Data(count: max(0, free - (700 << 10))).write(to: URL(filePath: ballast))
    }
    try await bench.fill(rows: Self.rows)
    let id = try await bench.backUp()
    try await bench.succeed("cc target\ncreate wide -p 2 -r 3\nset_meta_level lively\n\(StorageBench.split)")

    try fillUp()
    // Servers try a restore again and again: the shell says why nothing moves.
    let file = bench.directory.file("events")
    let restore = try bench.start("\(StorageBench.restore(id, as: "r")) --events \(file)")
    try await eventually("it says why") {
      (bench.directory.read("events") ?? "").contains("ERR_DISK_INSUFFICIENT")
    }
    #expect(try await bench.succeed("cc target\nquery_restore_status r -d").contains("unknown"))
    unlink(ballast)
    try disk.resize(megabytes: 40)
    let restored = try await restore.outcome()
    #expect(restored.exit == .code(0), "\(restored)")
    try await bench.verify("r", rows: Self.rows)

    // A load fails, leaves nothing, and a resume begins another one.
    try fillUp()
    let load = "cc target\n\(StorageBench.load)"
    try await bench.fail(load, 1, "cause ERR_FILE_OPERATION_FAILED", "or had no room on its disk")
    #expect(bench.leftovers(of: bench.target).isEmpty)
    #expect(try await bench.succeed("cc target\nget_meta_level").contains("fl_lively"))
    #expect(try await bench.succeed("cc target\nuse wide\ncount_data -c").contains("total 0 rows"))
    unlink(ballast)
    #expect(try await bench.succeed("resume").contains("Bulk load of table 'wide' succeeded"))
    try await bench.verify("wide", rows: Self.rows)
    #expect(try await bench.succeed("cc target\nclear_bulk_load -a wide\nget_meta_level").contains("fl_lively"))
  }

  @Test @LoopActor func aRestoreWithoutRoomCanBeGivenUp() async throws {
    let disk = try #require(SmallDisk(megabytes: 3))
    let bench = try await StorageBench(targetDirectory: directory(on: disk, "data"))
    try await bench.fill(rows: Self.rows)
    let id = try await bench.backUp()
    let file = bench.directory.file("events")
    let restore = try bench.start("\(StorageBench.restore(id, as: "r")) --events \(file)")
    try await eventually("it says why") {
      (bench.directory.read("events") ?? "").contains("ERR_DISK_INSUFFICIENT")
    }
    try await bench.succeed("cc target\ndrop r")
    let said = try await restore.outcome()
    #expect(said.exit == .code(1), "\(said)")
    #expect(bench.leftovers(of: bench.target).isEmpty)
    #expect(!(try await bench.succeed("cc target\nls").contains(" r ")))
  }

  @Test @LoopActor func aSplitGoesOnWhenItsTargetHasRoom() async throws {
    let disk = try #require(SmallDisk(megabytes: 1))
    let second = directory(on: disk, "storage")
    let bench = try await StorageBench(second: second)
    try await bench.fill(rows: 60_000)
    _ = try await bench.backUp()
    try await bench.succeed("cc target\ncreate wide -p 5 -r 3")
    let split = "\(StorageBench.split) --to_provider second"
    try await bench.fail(split, 1, "No space left on device", "make room there", "'resume")
    #expect(!FileManager.default.fileExists(atPath: "\(second)/bulk/target/wide/bulk_load_info"))
    try await bench.fail(
      "cc target\n\(StorageBench.load.replacing("local_service", with: "second"))", 1, "not written to their end")
    try await bench.fail("resume", 1, "No space left on device")
    // It is either gone on with, or removed without a rest.
    try await bench.succeed("\(split) --clean")
    #expect(StorageBench.names(below: second) { $0.hasSuffix(".sst") || $0.hasSuffix(".part") }.isEmpty)
    try await bench.fail(split, 1, "No space left on device")
    try disk.resize(megabytes: 20)
    let resumed = try await bench.succeed("resume \(try #require(try await bench.jobs().first?["job"]?.integer))")
    #expect(resumed.contains("read 60000 = written 60000"), "\(resumed)")
    #expect(StorageBench.names(below: second) { $0.hasSuffix(".part") }.isEmpty)
    try await bench.succeed("cc target\n\(StorageBench.load.replacing("local_service", with: "second")) --md5")
    try await bench.verify("wide", rows: 60_000)
    try await bench.verifySource(rows: 60_000)
  }

  /// What is fetched from HDFS and made for it goes through the work directory.
  @Test @LoopActor func aSplitGoesOnWhenItsWorkDirectoryHasRoom() async throws {
    let disk = try #require(SmallDisk(megabytes: 1))
    let hdfs = try StandInHDFS(keepsMarks: true)
    let bench = try await StorageBench(storage: "\(hdfs.directory)/base")
    bench.configure(
      """
      [block_service.hdfs_x]
      type = hdfs_service
      args = hdfs://127.0.0.1:8020 /base
      http = \(hdfs.address)
      """)
    try await bench.fill(rows: Self.rows)
    _ = try await bench.backUp()
    try await bench.succeed("cc target\ncreate wide -p 5 -r 3")
    let split =
      "\(StorageBench.split.replacing("local_service", with: "hdfs_x")) --work_directory \(disk.path)/work"
    try await bench.fail(split, 1, "\(disk.path)/work/", "No space left on device", "make room there", "'resume")
    try await bench.fail("resume", 1, "No space left on device")
    try await bench.succeed("\(split) --clean")
    #expect(StorageBench.names(below: disk.path) { _ in true }.isEmpty)
    try await bench.fail(split, 1, "No space left on device")
    try disk.resize(megabytes: 20)
    let resumed = try await bench.succeed("resume \(try #require(try await bench.jobs().first?["job"]?.integer))")
    #expect(resumed.contains("read \(Self.rows) = written \(Self.rows)"), "\(resumed)")
    #expect(StorageBench.names(below: disk.path) { _ in true }.isEmpty, "nothing is left in the work directory")
    try await bench.succeed("cc target\n\(StorageBench.load) --md5")
    try await bench.verify("wide", rows: Self.rows)
  }
}
