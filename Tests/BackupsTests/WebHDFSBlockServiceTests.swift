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
    try hdfs.copy(RealStorage.coldBackup, to: "/base")
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
    let service = hdfs.service(access: .user("pegasus"))
    try await service.write("a b/ü+.txt", Array("text".utf8))
    #expect(hdfs["/base/a b/ü+.txt"] == Array("text".utf8))
    #expect(hdfs.operations == ["name CREATE", "data CREATE", "name GETFILESTATUS"])
    try await service.write("a b/ü+.txt", [])
    #expect(try await service.contents("a b/ü+.txt").isEmpty)
    let contents = String(repeating: "0123456789", count: 200_000)
    let file = scratch.write("1.sst", contents)
    try await service.upload(file, md5: "", to: "t/1.sst")
    #expect(hdfs["/base/t/1.sst"] == Array(contents.utf8) && !Files.exists(file))
    try await service.delete("t")
    try await service.delete("t")
    #expect(hdfs.paths == ["/base/a b/ü+.txt"])
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
    hdfs["/base/file"] = [1]
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
    hdfs["/base/file"] = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    let service = hdfs.service()
    let part = Array((hdfs["/base/file"] ?? []).prefix(30_000))
    hdfs.faults = [
      { _ in nil }, { _ in nil },
      { _ in .init(200, body: [UInt8](repeating: 0, count: 100_000), cutAfter: 0) },
      { _ in StandInHDFS.exception(500, "IOException", "broken") },
      { _ in nil },
      { _ in .init(200, body: part) },
    ]
    // A whole answer of too few bytes, a lost one, an error: each is gone over, from the byte on that has come.
    #expect(try await service.contents("file") == hdfs["/base/file"])
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
    #expect(hdfs["/base/again"] == [1, 2, 3])
  }

  @Test func theOtherNameNodeIsAsked() async throws {
    hdfs["/base/file"] = [1, 2]
    let closed = try freePort()
    let service = hdfs.service(addresses: ["http://127.0.0.1:\(closed)", hdfs.standbyAddress, hdfs.address])
    #expect(try await service.contents("file") == [1, 2])
    #expect(try await service.contents("file") == [1, 2])
    #expect(hdfs.operations.count { $0.hasPrefix("standby") } == 1, "the one that answered is asked first from then on")
    let nobody = hdfs.service(addresses: ["http://127.0.0.1:\(closed)"])
    let error = await storageFailure { () throws(BlockServiceError) in _ = try await nobody.stat("file") }
    #expect(error?.kind == .unreachable && error?.advice.isEmpty == false)
    let both = hdfs.service(addresses: [hdfs.standbyAddress])
    let standby = await storageFailure { () throws(BlockServiceError) in _ = try await both.stat("file") }
    #expect(standby?.kind == .unreachable && standby?.detail.contains("StandbyException") == true)
    // Many at once do not push each other back to the one on stand-by.
    let many = hdfs.service(addresses: [hdfs.standbyAddress, hdfs.address])
    let tasks = (0..<16).map { _ in Task { try await many.contents("file") } }
    for task in tasks { #expect(try await task.value == [1, 2]) }
  }

  @Test func anotherDataNodeIsTaken() async throws {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    hdfs["/base/file"] = bytes
    let service = hdfs.service(slice: 40_000)
    // It dies in mid-file: what has come is kept.
    hdfs.filter = { server, request in
      guard server == .data(0), request.query["op"] == "OPEN" else { return nil }
      return StandInHDFS.Answer(200, body: Array(bytes.prefix(40_000)), cutAfter: 10_000)
    }
    let sink = DigestSink()
    try await service.read("file", into: sink)
    #expect(sink.count == 100_000)
    let offsets = hdfs.requests.filter { $0.query["op"] == "OPEN" }.map { $0.query["offset"] ?? "" }
    #expect(offsets == ["0", "10000", "40000", "50000", "80000", "90000"])
    #expect(hdfs.requests.last?.query["excludedatanodes"] == "127.0.0.1")
    // It is gone altogether.
    hdfs.filter = nil
    hdfs.stopDataNode()
    #expect(try await service.contents("file") == bytes)
    try await service.write("new", bytes)
    #expect(hdfs["/base/new"] == bytes)
    // No other one is left: that is told, and the next attempt begins with all of them.
    hdfs.filter = { server, _ in
      server == .data(1) ? StandInHDFS.exception(403, "IOException", "could only be written to 0 nodes") : nil
    }
    let error = await storageFailure { () throws(BlockServiceError) in try await service.write("none", bytes) }
    #expect(error?.kind == .unreachable, "\(String(describing: error))")
  }

  @Test func gatewaysAnswerThemselves() async throws {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    let service = hdfs.service(addresses: [hdfs.gatewayAddress], access: .user("pegasus"), slice: 60_000)
    try await service.write("a/file", bytes)
    #expect(try await service.contents("a/file") == bytes)
    #expect(try await service.list("a") == [BlockEntry(name: "file", isDirectory: false, size: 100_000)])
    #expect(hdfs.operations.allSatisfy { $0.hasPrefix("gateway ") })
    #expect(hdfs.requests.allSatisfy { $0.query["user.name"] == "pegasus" })
    // An answer without its length that breaks off.
    var broken = StandInHDFS.Answer(200, body: Array(bytes.prefix(60_000)), cutAfter: 20_000)
    broken.isChunked = true
    hdfs.faults = [{ _ in nil }, { _ in broken }]
    #expect(try await service.contents("a/file") == bytes)
    let nobody = hdfs.service(addresses: [hdfs.gatewayAddress])
    let error = await storageFailure { () throws(BlockServiceError) in _ = try await nobody.list("") }
    #expect(
      error?.kind == .denied && error?.advice.hasPrefix("Write 'user = <name>' into [block_service.hdfs_x]") == true)
  }

  @Test func tokensAreTakenFromTheirFile() async throws {
    hdfs.token = "JQ+a/b=="
    hdfs["/base/file"] = [1]
    let simple = hdfs.service(access: .user("pegasus"))
    let kerberos = await storageFailure { () throws(BlockServiceError) in _ = try await simple.list("") }
    #expect(kerberos?.kind == .denied && kerberos?.advice.contains("Kerberos, which is not spoken here") == true)
    let path = scratch.file("token")
    let service = hdfs.service(access: .token(file: path))
    let empty = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("") }
    #expect(empty?.kind == .denied && empty?.advice.contains("GETDELEGATIONTOKEN") == true)
    scratch.write("token", "JQold\n")
    let expired = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("") }
    #expect(expired?.advice.contains("Fetch a new delegation token") == true)
    #expect(expired?.description.contains("JQold") == false && expired?.place.hasSuffix("&delegation=…") == true)
    // Renewed meanwhile, as curl stores it.
    scratch.write("token", "{\"Token\":{\"urlString\":\"JQ+a/b==\"}}")
    #expect(try await service.contents("file") == [1])
    try await service.write("new", [2])
    #expect(hdfs["/base/new"] == [2])
    #expect(hdfs.requests.dropFirst().allSatisfy { $0.query["user.name"] == nil })
  }

  @Test func refusalsAreToldApart() async throws {
    hdfs["/base/file"] = [1]
    let service = hdfs.service(access: .user("pegasus"))
    hdfs.quota = 1000
    for address in [hdfs.address, hdfs.gatewayAddress] {
      let service = hdfs.service(addresses: [address], access: .user("pegasus"))
      let full = await storageFailure { () throws(BlockServiceError) in
        try await service.write("x", [UInt8](repeating: 1, count: 2000))
      }
      #expect(full?.kind == .noSpace && full?.detail.contains("quota = 1000 B") == true, "\(String(describing: full))")
      #expect(full?.advice.hasPrefix("Have the quota of the directory raised") == true)
    }
    hdfs.owner = "other"
    let denied = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("") }
    #expect(denied?.kind == .denied && denied?.advice.hasPrefix("Give 'pegasus' the right") == true)
    hdfs.owner = nil
    // Not every 403 is about rights, and not every 404 about a file.
    hdfs.faults = [{ _ in StandInHDFS.exception(403, "IOException", "Failed to find datanode") }]
    #expect(try await service.stat("file").size == 1)
    hdfs.faults = [{ _ in .init(404, body: Array("<html>".utf8)) }]
    let page = await storageFailure { () throws(BlockServiceError) in _ = try await service.list("") }
    #expect(page?.kind == .other && page?.detail.hasSuffix("is it WebHDFS or HttpFS there?") == true)
  }

  @Test func slowIsNotStuck() async throws {
    hdfs["/base/file"] = [UInt8](repeating: 7, count: 60_000)
    var options = WebHDFSBlockService.Options()
    options.stallTimeout = .seconds(1)
    options.laterPauses = [.milliseconds(1)]
    let service = WebHDFSBlockService(name: "hdfs_x", addresses: [hdfs.address], root: "/base", options: options)
    hdfs.filter = { server, _ in
      guard server == .data(0) else { return nil }
      var answer = StandInHDFS.Answer(200, body: [UInt8](repeating: 7, count: 60_000))
      answer.pace = (pieces: 12, pause: .milliseconds(150))
      return answer
    }
    #expect(try await service.contents("file").count == 60_000)
    #expect(hdfs.operations.count { $0.hasPrefix("data") } == 1, "it was slow, but never stood still")
    hdfs.filter = { server, _ in
      guard server == .data(0) else { return nil }
      var answer = StandInHDFS.Answer(200, body: [UInt8](repeating: 7, count: 60_000))
      answer.pace = (pieces: 2, pause: .seconds(30))
      return answer
    }
    #expect(try await service.contents("file").count == 60_000)
    #expect(hdfs.operations.suffix(2) == ["name OPEN", "data OPEN"], "another data node was asked")
  }

  @Test func directoriesThatMayNotBeReadArePassedOver() async throws {
    try hdfs.copy(RealStorage.coldBackup, to: "/user/pegasus")
    hdfs["/tmp/secret/file"] = [1]
    hdfs.filter = { _, request in
      request.path.hasSuffix("/tmp/secret")
        ? StandInHDFS.exception(403, "AccessControlException", "Permission denied: user=pegasus") : nil
    }
    let reader = BackupReader(hdfs.service(root: "/"))
    #expect(try await reader.find().map(\.root) == ["user/pegasus/onebox"])
    #expect(reader.passedOver == ["tmp/secret"])
    let named = await storageFailure { () throws(BlockServiceError) in _ = try await reader.find(below: "tmp/secret") }
    #expect(named?.kind == .denied)
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func aFullDiskIsTold() async throws {
    hdfs["/base/file"] = [UInt8](repeating: 1, count: 3 << 20)
    let disk = try #require(SmallDisk(megabytes: 1))
    let service = hdfs.service()
    let sink = try FileSink(path: disk.path + "/file")
    let error = await storageFailure { () throws(BlockServiceError) in try await service.read("file", into: sink) }
    #expect(error?.kind == .noSpace)
  }
}
