import BackupLayout
import Backups
import EventLoop
import Glibc
import StorageEngine
import TestSupport
import Testing

@Suite @LoopActor struct BackupReaderTests {
  let scratch = TemporaryDirectory("backup-reader")
  let location = BackupLocation(root: "onebox", id: RealStorage.backupID)

  /// The real backup, below `directory` of a storage that a test may change.
  private func storage(_ directory: String = "") throws -> (service: LocalBlockService, root: String) {
    let root = try scratch.copy(of: RealStorage.coldBackup, to: directory.isEmpty ? "tree" : "tree/\(directory)")
    return (LocalBlockService(name: "local_service", root: scratch.file("tree")), root)
  }

  private func table(_ root: String) -> String { "\(root)/onebox/\(RealStorage.backupID)/live_store_16" }

  @Test func theRealBackupIsComplete() async throws {
    let service = LocalBlockService(name: "local_service", root: RealStorage.coldBackup)
    let reader = BackupReader(service)
    #expect(try await reader.find() == [location])
    let backup = try await reader.read(location)
    #expect(backup.isComplete && backup.allProblems.isEmpty)
    #expect(backup.info?.tables == [16: "live_store"])
    let found = try #require(backup.tables.first)
    #expect(found.metadata?.partitionCount == 4 && found.partitions.map(\.index) == [0, 1, 2, 3])
    #expect(found.partitions.map(\.bytes) == [62393, 62434, 62523, 62439] && backup.bytes == 249_789)
    #expect(found.partitions[1].directory.hasSuffix("live_store_16/1/chkpt_localhost_34803"))
    #expect(found.partitions.map(\.metadata?.decree) == [750, 750, 750, 750])
    #expect(try await reader.read(location, depth: .summary).tables.first?.partitions.isEmpty == true)
    #expect(try await reader.read(location, tables: [7]).tables.isEmpty)
    let result = await BackupCheck(found, on: service).run()
    #expect(result.isComplete && result.snapshot.files == 24 && result.snapshot.bytes == 249_789)
    #expect(result.snapshot.parts.allSatisfy { $0.state == .done && $0.bytes == $0.totalBytes })
  }

  @Test func hdfsHoldsTheSameBackup() async throws {
    let hdfs = try StandInHDFS()
    try hdfs.copy(RealStorage.coldBackup, to: "/base")
    let reader = BackupReader(hdfs.service())
    #expect(try await reader.find() == [location])
    let backup = try await reader.read(location)
    #expect(backup.isComplete && backup.bytes == 249_789)
    let result = await BackupCheck(try #require(backup.tables.first), on: hdfs.service()).run()
    #expect(result.isComplete && result.snapshot.files == 24)
  }

  @Test(arguments: ["", "user/backups", "user/pegasus/backup", "old_policy"])
  func backupsAreFoundInEveryLayout(directory: String) async throws {
    let (service, _) = try storage(directory)
    try Files.makeDirectories(scratch.file("tree/other/0"))
    try Files.makeDirectories(scratch.file("tree/other/table/1"))
    let reader = BackupReader(service)
    let root = StoragePath.join(directory, "onebox")
    #expect(try await reader.find() == [BackupLocation(root: root, id: RealStorage.backupID)])
    #expect(reader.tooDeep.isEmpty)
    #expect(try await reader.find(below: root).count == 1)
    let missing = await storageFailure { () throws(BlockServiceError) in _ = try await reader.find(below: "none") }
    #expect(missing?.kind == .notFound)
  }

  @Test func whatLiesTooDeepIsNamed() async throws {
    let (service, _) = try storage("a/b/c/d")
    let reader = BackupReader(service)
    #expect(try await reader.find().isEmpty && reader.tooDeep == ["a/b/c/d/onebox"])
    #expect(try await reader.find(below: "a").count == 1 && reader.tooDeep.isEmpty)
  }

  @Test func theOldLayoutOfPolicies() async throws {
    let (service, root) = try storage()
    let text = """
      {"backup_id":1795220731087,"start_time_ms":1795220731087,"end_time_ms":1795220739999,"app_ids":[16],
      "app_names":{"16":"live_store"},"info_status":1}
      """
    try await service.write("onebox/\(RealStorage.backupID)/backup_info", Array(text.utf8) + [0])
    try Files.makeDirectories("\(root)/cluster/every_day")
    try #require(
      rename("\(root)/onebox/\(RealStorage.backupID)", "\(root)/cluster/every_day/\(RealStorage.backupID)") == 0)
    let reader = BackupReader(service)
    let found = try #require(try await reader.find().first)
    #expect(found.root == "cluster/every_day")
    let backup = try await reader.read(found)
    #expect(backup.isComplete && backup.info?.endTime == 1_795_220_739_999)
  }

  @Test func anUnfinishedBackupIsTold() async throws {
    let (service, root) = try storage()
    try await service.delete("onebox/\(RealStorage.backupID)/backup_info")
    try await service.delete("onebox/\(RealStorage.backupID)/live_store_16/2/current_checkpoint")
    let backup = try await BackupReader(service).read(location)
    #expect(!backup.isComplete && backup.info == nil)
    #expect(backup.problems.map(\.kind) == [.unfinished])
    #expect(backup.problems.first?.advice.contains("query_backup_status") == true)
    #expect(backup.tables.map(\.name) == ["live_store"] && backup.tables.map(\.id) == [16])
    #expect(backup.tables[0].partitions[2].problems.map(\.kind) == [.unfinishedPartition])
    #expect(Files.exists(root))
  }

  @Test func everyDamageHasItsOwnProblem() async throws {
    let (service, root) = try storage()
    let path = "onebox/\(RealStorage.backupID)/live_store_16"
    try await service.delete("\(path)/0/chkpt_localhost_34802/backup_metadata")
    truncate("\(table(root))/1/chkpt_localhost_34803/000013.sst", 1000)
    unlink("\(table(root))/2/chkpt_localhost_34801/000014.sst")
    unlink("\(table(root))/2/chkpt_localhost_34801/.CURRENT.meta")
    try await service.write("\(path)/3/chkpt_localhost_34802/backup_metadata", Array("{\"files\":[".utf8))
    let backup = try await BackupReader(service).read(location)
    let problems = try #require(backup.tables.first).partitions.map(\.problems)
    #expect(
      problems.map { $0.map(\.kind) } == [
        [.missingDocument], [.wrongSize], [.missingFile, .missingFile], [.damagedDocument],
      ])
    #expect(problems[1].first?.detail == "1000 bytes instead of 47436")
    #expect(problems[2].first?.detail.contains(".CURRENT.meta beside it is not") == true)
    #expect(problems[2].last?.detail == "the file is not there")
    #expect(backup.allProblems.allSatisfy { !$0.advice.isEmpty && $0.description.hasPrefix(path) })
  }

  @Test func contradictionsAreTold() async throws {
    let (service, _) = try storage()
    let path = "onebox/\(RealStorage.backupID)/live_store_16"
    let app = try await service.contents("\(path)/meta/app_metadata")
    let renamed = String(decoding: app, as: UTF8.self).replacing("live_store", with: "other")
    try await service.write("\(path)/meta/app_metadata", Array(renamed.utf8))
    let checkpoint = "\(path)/0/chkpt_localhost_34802/backup_metadata"
    let text = String(decoding: try await service.contents(checkpoint), as: UTF8.self)
    try await service.write(
      checkpoint,
      Array(text.replacing("_total_size\":62393", with: "_total_size\":1").replacing("CURRENT", with: "..").utf8))
    try await service.write("\(path)/1/current_checkpoint", Array("../2/chkpt_localhost_34801".utf8))
    let backup = try await BackupReader(service).read(location)
    let found = try #require(backup.tables.first)
    #expect(found.problems.map(\.kind) == [.mismatch])
    #expect(found.problems.first?.advice.hasPrefix("Never restore it") == true)
    #expect(found.partitions[0].problems.map(\.kind) == [.incompleteList, .damagedDocument, .wrongTotal])
    #expect(found.partitions[1].problems.map(\.kind) == [.damagedDocument])
    try await service.delete("\(path)/meta/app_metadata")
    let bare = try await BackupReader(service).read(location)
    #expect(bare.tables[0].problems.map(\.kind) == [.missingDocument] && bare.tables[0].partitions.isEmpty)
  }

  @Test func aWrongDigestIsFound() async throws {
    let (service, root) = try storage()
    let found = try #require(try await BackupReader(service).read(location).tables.first)
    let descriptor = open("\(table(root))/1/chkpt_localhost_34803/000013.sst", O_WRONLY)
    pwrite(descriptor, [1, 2, 3], 3, 2000)
    close(descriptor)
    try await service.write(
      "onebox/\(RealStorage.backupID)/live_store_16/2/chkpt_localhost_34801/CURRENT", Array("MANIFEST-000006\n".utf8))
    let mark = "\(table(root))/3/chkpt_localhost_34802/.CURRENT.meta"
    try Files.replace(mark, with: Array("{\"md5\":\"00\",\"size\":16}".utf8))
    #expect(try await BackupReader(service).read(location).isComplete, "sizes are still right")
    let check = BackupCheck(found, on: service, parallel: 3)
    let result = await check.run()
    #expect(!result.isComplete && result.error == nil)
    #expect(result.problems.map(\.kind) == [.wrongDigest, .wrongDigest, .wrongDigest])
    #expect(result.problems.contains { $0.place.hasSuffix("1/chkpt_localhost_34803/000013.sst") })
    #expect(result.problems.contains { $0.detail.hasPrefix("its mark says MD5 00") })
    #expect(result.snapshot.parts.map(\.state) == [.done, .failed, .failed, .failed])
    #expect(check.takeFinished() == [0] && check.takeFinished().isEmpty)
    let again = await BackupCheck(found, on: service, finished: [0, 2, 3]).run()
    #expect(again.problems.count == 1 && again.snapshot.files == 24)
  }

  @Test func aCheckWaitsAtTheGateAndEndsWhenCancelled() async throws {
    let service = LocalBlockService(name: "local_service", root: RealStorage.coldBackup)
    let found = try #require(try await BackupReader(service).read(location).tables.first)
    let gate = Gate()
    gate.close()
    let check = BackupCheck(found, on: service, gate: gate)
    let running = Task { @LoopActor in await check.run() }
    try await eventually { check.snapshot.parts[0].state == .running }
    #expect(check.snapshot.bytes == 0)
    running.cancel()
    #expect(await running.value.error?.kind == .cancelled)
  }
}
