import BackupLayout
import Backups
import EventLoop
import Glibc
import TestSupport
import Testing

@Suite @LoopActor struct BulkLoadReaderTests {
  let scratch = TemporaryDirectory("bulk-load-reader")
  let tree = BulkLoadTree(root: "", cluster: "onebox", table: "bl")

  @Test func theRealTreeIsComplete() async throws {
    let service = LocalBlockService(name: "local_service", root: RealStorage.bulkLoad)
    let found = try await BulkLoadReader(service).read(tree, expecting: (id: 7, partitionCount: 4))
    #expect(found.isComplete && found.info?.tableName == "bl")
    #expect(found.partitions.map(\.bytes) == [22409, 22407, 22382, 22375] && found.bytes == 89573)
    let result = await BackupCheck(found, on: service).run()
    #expect(result.isComplete && result.snapshot.files == 8)
    let other = try await BulkLoadReader(service).read(tree, expecting: (id: 8, partitionCount: 4))
    #expect(other.problems.map(\.kind) == [.mismatch] && other.problems.first?.advice.isEmpty == false)
  }

  @Test func damages() async throws {
    let root = try scratch.copy(of: RealStorage.bulkLoad)
    let service = LocalBlockService(name: "local_service", root: root)
    truncate("\(root)/onebox/bl/0/00001.sst", 100)
    try await service.delete("onebox/bl/1/bulk_load_metadata")
    try await service.write("onebox/bl/2/bulk_load_metadata", Array("{\"files\":[],\"file_total_size\":0}".utf8))
    unlink("\(root)/onebox/bl/3/00002.sst")
    let found = try await BulkLoadReader(service).read(tree)
    #expect(
      found.partitions.map { $0.problems.map(\.kind) } == [
        [.wrongSize], [.missingDocument], [.incompleteList], [.missingFile],
      ])
    #expect(found.allProblems.allSatisfy { $0.advice.contains("offline_split") })
    let result = await BackupCheck(found, on: service).run()
    #expect(Set(result.problems.map(\.kind)) == [.wrongSize, .missingFile] && result.problems.count == 2)
    try await service.delete("onebox/bl/bulk_load_info")
    let unfinished = try await BulkLoadReader(service).read(tree)
    #expect(unfinished.problems.map(\.kind) == [.unfinished] && unfinished.partitions.isEmpty)
    try await service.write("onebox/bl/bulk_load_info", Array("{}x".utf8))
    #expect(try await BulkLoadReader(service).read(tree).problems.map(\.kind) == [.damagedDocument])
  }

  @Test func rowsAreReadWhenAsked() async throws {
    let root = try scratch.copy(of: RealStorage.bulkLoad)
    let service = LocalBlockService(name: "local_service", root: root)
    let found = try await BulkLoadReader(service).read(tree)
    let right = await BackupCheck(found, on: service, readsRows: true).run()
    #expect(right.isComplete)
    // Two partitions change places, with all their documents: sizes and MD5s still agree.
    for name in ["0", "1"] { rename("\(root)/onebox/bl/\(name)", "\(root)/onebox/bl/x\(name)") }
    rename("\(root)/onebox/bl/x0", "\(root)/onebox/bl/1")
    rename("\(root)/onebox/bl/x1", "\(root)/onebox/bl/0")
    let swapped = try await BulkLoadReader(service).read(tree)
    #expect(swapped.isComplete)
    let unseen = await BackupCheck(swapped, on: service).run()
    #expect(unseen.isComplete)
    let seen = await BackupCheck(swapped, on: service, readsRows: true).run()
    #expect(seen.problems.map(\.kind) == Array(repeating: .damagedRows, count: 4))
    #expect(seen.problems.allSatisfy { $0.detail.contains("belongs to partition") })
  }
}
