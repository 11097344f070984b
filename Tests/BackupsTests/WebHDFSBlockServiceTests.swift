import BackupLayout
import Backups
import Bytes
import EventLoop
import StorageEngine
import TestSupport
import Testing

@Suite @LoopActor struct WebHDFSBlockServiceTests {
  let hdfs: StandInHDFS
  let scratch = TemporaryDirectory("webhdfs")

  init() throws { hdfs = try StandInHDFS() }

  @Test func realTreesAreRead() async throws {
    try await hdfs.load(LocalBlockService(name: "local", root: RealStorage.coldBackup))
    let service = hdfs.service(slice: 10_000)
    let table = "onebox/\(RealStorage.backupID)/live_store_16"
    #expect(try await service.list(table).map(\.name) == ["0", "1", "2", "3", "meta"])
    let names = try await service.list("\(table)/0/chkpt_localhost_34802")
    #expect(names.count == 7 && names[1] == BlockEntry(name: "000013.sst", isDirectory: false, size: 47395))
    let sink = DigestSink()
    var told: [Int64] = []
    try await service.read("\(table)/0/chkpt_localhost_34802/000013.sst", into: sink, progress: { told.append($0) })
    #expect(sink.md5 == "96e2241c101dc5c035a075608ff76799")
    #expect(told == [10_000, 10_000, 10_000, 10_000, 7395])
    let file = try await service.stat("\(table)/0/chkpt_localhost_34802/000013.sst")
    #expect(file == BlockFile(size: 47395), "HDFS keeps no MD5")
    #expect(service.localPath("x") == nil)
  }

  @Test func writesThroughTheDataNode() async throws {
    let service = hdfs.service(user: "pegasus")
    try await service.write("a b/ü+.txt", Array("text".utf8))
    #expect(hdfs.files["/base/a b/ü+.txt"] == Array("text".utf8))
    #expect(hdfs.operations == ["name CREATE", "data CREATE", "name GETFILESTATUS"])
    try await service.write("a b/ü+.txt", [])
    #expect(try await service.contents("a b/ü+.txt").isEmpty)
    let contents = String(repeating: "0123456789", count: 200_000)
    let file = scratch.write("1.sst", contents)
    try await service.upload(file, md5: "", to: "t/1.sst")
    #expect(hdfs.files["/base/t/1.sst"] == Array(contents.utf8) && !Files.exists(file))
    try await service.delete("t")
    try await service.delete("t")
    #expect(hdfs.files.keys.sorted() == ["/base/a b/ü+.txt"])
    let lost = scratch.file("none")
    let error = await storageFailure { () throws(BlockServiceError) in
      try await service.upload(lost, md5: "", to: "x")
    }
    #expect(error?.kind == .notFound)
  }

  @Test func errorsNameTheURLAndWhatTheServerSaid() async throws {
    let service = hdfs.service()
    let missing = await storageFailure { () throws(BlockServiceError) in _ = try await service.contents("none") }
    #expect(missing?.kind == .notFound)
    #expect(
      missing?.description
        == "look at \(hdfs.address)/webhdfs/v1/base/none?op=GETFILESTATUS: HTTP status 404, FileNotFoundException: "
        + "File does not exist: /base/none")
    hdfs.faults = [{ _ in StandInHDFS.exception(403, "AccessControlException", "Permission denied: user=dr.who") }]
    let denied = await storageFailure { () throws(BlockServiceError) in try await service.write("x", [1]) }
    #expect(denied?.kind == .denied && denied?.detail.hasSuffix("user=dr.who") == true)
    #expect(denied?.advice.isEmpty == false)
    hdfs.files["/base/file"] = [1]
    let file = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("file") }
    #expect(file?.kind == .notFound)
    hdfs.faults = [{ _ in .init(200, body: Array("<html>".utf8)) }]
    let page = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("") }
    #expect(page?.kind == .damaged && page?.detail.hasSuffix("is it WebHDFS or HttpFS there?") == true)
    let nowhere = hdfs.service(addresses: [])
    let bare = await storageFailure { () throws(BlockServiceError) in _ = try await nowhere.list("") }
    #expect(bare?.kind == .invalid && bare?.detail.contains("[block_service.hdfs_x]") == true)
  }

  @Test func whatBreaksOffGoesOn() async throws {
    hdfs.files["/base/file"] = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    let service = hdfs.service()
    let part = Array(hdfs.files["/base/file", default: []].prefix(30_000))
    hdfs.faults = [
      { _ in nil }, { _ in nil },
      { _ in .init(200, body: [UInt8](repeating: 0, count: 100_000), cutAfter: 0) },
      { _ in StandInHDFS.exception(500, "IOException", "broken") },
      { _ in nil },
      { _ in .init(200, body: part) },
    ]
    // A whole answer of too few bytes, a lost one, an error: each is gone over, from the byte on that has come.
    #expect(try await service.contents("file") == hdfs.files["/base/file"])
    let broken: (StandInHDFS.Request) -> StandInHDFS.Answer? = { _ in
      StandInHDFS.exception(500, "IOException", "broken")
    }
    hdfs.faults = [broken, broken, broken, broken]
    let error = await storageFailure { () throws(BlockServiceError) in _ = try await service.stat("file") }
    #expect(error?.detail == "HTTP status 500, IOException: broken" && hdfs.faults.count == 1)
    hdfs.faults = []
    let lost: (StandInHDFS.Request) -> StandInHDFS.Answer? = { $0.body.isEmpty ? nil : .init(500) }
    hdfs.faults = [lost, lost]
    try await service.write("again", [1, 2, 3])
    #expect(hdfs.files["/base/again"] == [1, 2, 3])
  }

  @Test func theOtherNameNodeIsAsked() async throws {
    hdfs.files["/base/file"] = [1, 2]
    let standby = try StandInHTTPServer { _ in
      StandInHDFS.exception(403, "StandbyException", "Operation category READ is not supported in state standby")
    }
    let closed = try freePort()
    let service = hdfs.service(
      addresses: ["http://127.0.0.1:\(closed)", "http://\(standby.address)", hdfs.address])
    #expect(try await service.contents("file") == [1, 2])
    #expect(try await service.contents("file") == [1, 2])
    #expect(standby.requests.count == 1, "the one that answered is asked first from then on")
    let nobody = hdfs.service(addresses: ["http://127.0.0.1:\(closed)"])
    let error = await storageFailure { () throws(BlockServiceError) in _ = try await nobody.stat("file") }
    #expect(error?.kind == .unreachable && error?.advice.isEmpty == false)
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func aFullDiskIsTold() async throws {
    hdfs.files["/base/file"] = [UInt8](repeating: 1, count: 3 << 20)
    let disk = try #require(SmallDisk(megabytes: 1))
    let service = hdfs.service()
    let sink = try FileSink(path: disk.path + "/file")
    let error = await storageFailure { () throws(BlockServiceError) in try await service.read("file", into: sink) }
    #expect(error?.kind == .noSpace)
  }
}
