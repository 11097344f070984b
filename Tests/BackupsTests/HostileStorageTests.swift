import BackupLayout
import Backups
import EventLoop
import Glibc
import StorageEngine
import TestSupport
import Testing

/// Documents and files that no server has written.
@Suite struct HostileStorageTests {
  private let scratch = TemporaryDirectory("hostile-storage")
  private let table = "onebox/\(RealStorage.backupID)/live_store_16"
  private let location = BackupLocation(root: "onebox", id: RealStorage.backupID)

  private func storage() throws -> LocalBlockService {
    LocalBlockService(name: "local_service", root: try scratch.copy(of: RealStorage.coldBackup))
  }

  @Test func namesThatLeadElsewhereAreNone() {
    for name in ["", ".", "..", "a/b", "/", "..\u{0}x", "a\u{1B}[31m", "a\nb", "a\u{9B}b", "a\u{7F}"] {
      #expect(!FileRecord.isPlain(name), "\(name.debugDescription)")
    }
    for name in ["a", "...", "000012.sst", "chkpt_host.example.org_34801", "Füße", ".." + "x"] {
      #expect(FileRecord.isPlain(name))
    }
    #expect(StoredText.shown("a\u{1B}[31mb\u{0}") == "a\\u{1b}[31mb\\u{0}")
    #expect(StoredText.shown(String(repeating: "x", count: 1000)).count == 400)
  }

  @Test func sumsOfAbsurdSizesDoNotTrap() {
    #expect(StoredSize.sum([.max, .max, 1]) == .max)
    #expect(StoredSize.sum([5, .min, -1, 7]) == 12)
    #expect(StoredSize.times(.max, 3) == .max)
    #expect(StoredSize.times(5, 3) == 15)
  }

  @Test @LoopActor func absurdSizesAreProblems() async throws {
    let service = try storage()
    for partition in 0..<4 {
      let name = StoredText.trimmed(try await service.contents("\(table)/\(partition)/current_checkpoint"))
      let place = "\(table)/\(partition)/\(String(decoding: name, as: UTF8.self))/backup_metadata"
      var metadata = try BackupMetadata(contents: try await service.contents(place))
      metadata.files = metadata.files.map { FileRecord(name: $0.name, size: .max, md5: $0.md5) }
      metadata.totalSize = .max
      try await service.write(place, metadata.contents)
    }
    let backup = try await BackupReader(service).read(location)
    #expect(backup.bytes == .max && backup.allProblems.contains { $0.kind == .wrongSize })
    let found = try #require(backup.tables.first)
    let check = await BackupCheck(found, on: service).run()
    #expect(check.snapshot.totalBytes == .max && check.problems.allSatisfy { $0.kind == .wrongSize })
  }

  @Test @LoopActor func partitionsBeyondTheCountAreNotLeftOut() async throws {
    let service = try storage()
    var metadata = try AppMetadata(contents: try await service.contents("\(table)/meta/app_metadata"))
    metadata.partitionCount = 2
    try await service.write("\(table)/meta/app_metadata", metadata.contents)
    let problems = try await BackupReader(service).read(location).allProblems
    #expect(problems.map(\.kind) == [.mismatch])
    #expect(problems.first?.detail == "a partition count of 2, but \(table) has directories up to 3")
  }

  @Test @LoopActor func whatIsNoFileIsDamage() async throws {
    let service = try storage()
    let info = try #require(service.localPath("onebox/\(RealStorage.backupID)/backup_info"))
    unlink(info)
    mkfifo(info, 0o600)
    let app = try #require(service.localPath("\(table)/meta/app_metadata"))
    unlink(app)
    mkdir(app, 0o700)
    let mark = try #require(service.localPath("\(table)/1/.current_checkpoint.meta"))
    unlink(mark)
    mkfifo(mark, 0o600)
    let backup = try await BackupReader(service).read(location)
    #expect(backup.problems.map(\.kind) == [.damagedDocument])
    #expect(backup.tables.flatMap(\.problems).map(\.kind) == [.damagedDocument])
    let pointer = await storageFailure { () throws(BlockServiceError) in
      _ = try await service.contents("\(table)/1/current_checkpoint")
    }
    #expect(pointer?.kind == .damaged)
  }

  @Test @LoopActor func anEndlessDocumentIsDamage() async throws {
    let service = try storage()
    let path = "onebox/\(RealStorage.backupID)/backup_info"
    truncate(try #require(service.localPath(path)), 70 << 20)
    let backup = try await BackupReader(service).read(location)
    #expect(backup.problems.map(\.detail) == ["the file is longer than \(64 << 20) bytes"])
  }
}
