import BackupLayout
import Backups
import Bytes
import EventLoop
import Glibc
import StorageEngine
import TestSupport
import Testing

@Suite @LoopActor struct LocalBlockServiceTests {
  let scratch = TemporaryDirectory("local-service")
  let real = LocalBlockService(name: "local_service", root: RealStorage.coldBackup)
  let table = "onebox/\(RealStorage.backupID)/live_store_16"

  @Test func realTreesAreRead() async throws {
    #expect(try await real.list("onebox").map(\.name) == ["\(RealStorage.backupID)"])
    let names = try await real.list("\(table)/0/chkpt_localhost_34802")
    #expect(
      names.map(\.name) == [
        "000010.sst", "000013.sst", "000014.sst", "CURRENT", "MANIFEST-000005", "OPTIONS-000012", "backup_metadata",
      ])
    #expect(names[1] == BlockEntry(name: "000013.sst", isDirectory: false, size: 47395))
    let sink = DigestSink()
    var told: Int64 = 0
    try await real.read("\(table)/0/chkpt_localhost_34802/000013.sst", into: sink, progress: { told += $0 })
    let file = try await real.stat("\(table)/0/chkpt_localhost_34802/000013.sst")
    #expect(file.recordedMD5 == sink.md5 && file.recordedSize == sink.count && file.size == sink.count)
    #expect(told == 47395)
  }

  @Test func writesWhatARealServerReads() async throws {
    let service = LocalBlockService(name: "x", root: scratch.file("deep/root/"))
    let text = try await real.contents("\(table)/0/current_checkpoint")
    try await service.write("a/b/current_checkpoint", text)
    #expect(scratch.read("deep/root/a/b/current_checkpoint") == "chkpt_localhost_34802")
    let mark = try Files.read("\(RealStorage.coldBackup)/\(table)/0/.current_checkpoint.meta")
    #expect(scratch.read("deep/root/a/b/.current_checkpoint.meta") == mark.map { String(decoding: $0, as: UTF8.self) })
    try await service.write("a/b/current_checkpoint", Array("other".utf8))
    #expect(try await service.contents("a/b/current_checkpoint") == Array("other".utf8))
    #expect(try await service.stat("a/b/current_checkpoint").recordedMD5 == MD5.hex(of: Array("other".utf8)))
    let file = scratch.write("ready.sst", "rows")
    try await service.upload(file, md5: MD5.hex(of: Array("rows".utf8)), to: "a/c/1.sst")
    #expect(!Files.exists(file))
    #expect(try await service.list("a/c") == [BlockEntry(name: "1.sst", isDirectory: false, size: 4)])
    #expect(try await service.contents("a/c/1.sst") == Array("rows".utf8))
    try await service.delete("a/c/1.sst")
    #expect(try await service.list("a/c").isEmpty && Files.names(in: scratch.file("deep/root/a/c")).isEmpty)
    try await service.delete("a")
    try await service.delete("a")
    #expect(try await service.list("").isEmpty)
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func anotherDiskAndAFullOne() async throws {
    let disk = try #require(SmallDisk(megabytes: 1))
    let service = LocalBlockService(name: "x", root: disk.path)
    let file = scratch.write("ready.sst", "rows")
    try await service.upload(file, md5: "m", to: "1.sst")
    #expect(!Files.exists(file))
    #expect(try await service.contents("1.sst") == Array("rows".utf8))
    let large = scratch.write("large.sst", String(repeating: "x", count: 2 << 20))
    let error = await storageFailure { () throws(BlockServiceError) in
      try await service.upload(large, md5: "m", to: "2.sst")
    }
    #expect(error?.kind == .noSpace && error?.advice.hasPrefix("Make room") == true)
    #expect(Files.exists(large), "what was not stored is kept")
    #expect(try await service.list("").map(\.name) == ["1.sst"])
  }

  @Test func whatServersDoNotSeeIsNotThere() async throws {
    let service = LocalBlockService(name: "x", root: scratch.path)
    scratch.write("bare", "text")
    #expect(try await service.list("").isEmpty)
    let bare = await storageFailure { () throws(BlockServiceError) in _ = try await service.stat("bare") }
    #expect(bare?.kind == .notFound && bare?.detail.contains(".bare.meta beside it is not") == true)
    scratch.write(".bare.meta", "{}x")
    let odd = await storageFailure { () throws(BlockServiceError) in _ = try await service.stat("bare") }
    #expect(odd?.kind == .damaged)
    for path in ["missing", "bare/x"] {
      let error = await storageFailure { () throws(BlockServiceError) in _ = try await service.contents(path) }
      #expect(error?.kind == .notFound, "\(path)")
    }
    let missing = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("missing") }
    #expect(missing?.kind == .notFound && missing?.description.hasPrefix("list \(scratch.path)/missing: ") == true)
    let outside = await storageFailure { () throws(BlockServiceError) in try await service.delete("a/../../b") }
    #expect(outside?.kind == .invalid)
    try await service.write("long", Array("text".utf8))
    let long = await storageFailure { () throws(BlockServiceError) in _ = try await service.contents("long", limit: 3) }
    #expect(long?.detail == "the file is longer than 3 bytes")
  }

  @Test func readingWaitsAtTheGateAndEnds() async throws {
    let service = LocalBlockService(name: "x", root: scratch.path)
    try await service.write("file", [UInt8](repeating: 1, count: 100))
    let gate = Gate()
    gate.close()
    let sink = DigestSink()
    let reading = Task { @LoopActor in
      await storageFailure { () throws(BlockServiceError) in try await service.read("file", into: sink, gate: gate) }
    }
    for _ in 0..<20 { await Task.yield() }
    #expect(sink.count == 0)
    gate.open()
    #expect(await reading.value == nil && sink.count == 100)
    gate.close()
    let cancelled = Task { @LoopActor in
      await storageFailure { () throws(BlockServiceError) in
        try await service.read("file", into: DigestSink(), gate: gate)
      }
    }
    cancelled.cancel()
    #expect(await cancelled.value?.kind == .cancelled)
  }
}
