import BackupLayout
import Foundation
import JSON
import TestSupport
import Testing

/// The files of real servers are read, and written again byte for byte.
@Suite struct DocumentTests {
  private func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }

  private func backup(_ path: String) throws -> [UInt8] {
    try read("\(RealStorage.coldBackup)/\(BackupTree(cluster: "onebox").backup(RealStorage.backupID))/\(path)")
  }

  @Test func backupInfo() throws {
    let bytes = try backup("backup_info")
    let info = try BackupInfo(contents: bytes)
    #expect(info.content == .table(id: 16, name: "live_store") && info.endTime == 0)
    #expect(info.id == RealStorage.backupID && info.contents == bytes)
    #expect(try LocalFileMark(contents: try backup(".backup_info.meta")).size == Int64(bytes.count))
  }

  @Test func policyBackupInfo() throws {
    let text = """
      {"backup_id":5,"start_time_ms":5,"end_time_ms":9,"app_ids":[4,7],"app_names":{"4":"single","7":"other"},\
      "info_status":1}
      """
    let info = try BackupInfo(contents: Array(text.utf8))
    #expect(info.content == .tables(ids: [4, 7], names: [4: "single", 7: "other"], status: 1))
    #expect(info.tables == [4: "single", 7: "other"])
    #expect(String(decoding: info.contents, as: UTF8.self) == text)
  }

  @Test func appMetadata() throws {
    let bytes = try backup("live_store_16/meta/app_metadata")
    let table = try AppMetadata(contents: bytes)
    #expect(table.name == "live_store" && table.id == 16 && table.partitionCount == 4 && table.replicaCount == 3)
    #expect(table.contents == bytes)
  }

  @Test func checkpoint() throws {
    let named = try backup("live_store_16/0/current_checkpoint")
    let directory = String(decoding: StoredText.trimmed(named + [0]), as: UTF8.self)
    #expect(directory == BackupTree.checkpointName(host: "localhost", port: 34802))
    let bytes = try backup("live_store_16/0/\(directory)/backup_metadata")
    let metadata = try BackupMetadata(contents: bytes)
    #expect(metadata.decree == 750 && metadata.files.count == 6 && metadata.files.allSatisfy(\.hasPlainName))
    #expect(metadata.totalSize == metadata.files.reduce(0) { $0 + $1.size })
    #expect(metadata.contents == bytes)
    let mark = try LocalFileMark(contents: try backup("live_store_16/0/\(directory)/.CURRENT.meta"))
    #expect(metadata.files.contains(FileRecord(name: "CURRENT", size: mark.size, md5: mark.md5)))
    #expect(mark.contents == (try backup("live_store_16/0/\(directory)/.CURRENT.meta")))
  }

  @Test func bulkLoad() throws {
    let tree = BulkLoadTree(root: "", cluster: "onebox", table: "bl")
    let info = try BulkLoadInfo(contents: try read("\(RealStorage.bulkLoad)/\(tree.info)"))
    #expect(info == BulkLoadInfo(tableID: 7, tableName: "bl", partitionCount: 4))
    let bytes = try read("\(RealStorage.bulkLoad)/\(tree.metadata(3))")
    let metadata = try BulkLoadMetadata(contents: bytes)
    #expect(metadata.files.map(\.name) == ["00001.sst", "00002.sst"] && metadata.contents == bytes)
    #expect(try BulkLoadMetadata(contents: bytes + [0]).totalSize == metadata.totalSize)
  }

  /// The servers' rule: all expected keys, or none that is not known.
  @Test(arguments: [
    (#"{"cluster":"B","app_id":9,"app_name":"t","partition_count":4}"#, true),
    (#"{"app_id":9,"partition_count":4}"#, true), (#"{"app_id":9,"cluster":"B"}"#, false), ("{}", true),
    (#"{"app_id":"9"}"#, false), (#"{"app_id":9000000000}"#, false), ("[]", false), ("{", false), ("", false),
  ])
  func serversRule(_ text: String, _ isTaken: Bool) {
    #expect(((try? BulkLoadInfo(contents: Array(text.utf8))) != nil) == isTaken)
  }

  @Test func namesThatLeaveTheirDirectory() {
    for name in ["", ".", "..", "a/b", "/a"] { #expect(!FileRecord(name: name, size: 1, md5: "").hasPlainName) }
    #expect(LocalFileMark.markedFile(".a.sst.meta") == "a.sst" && LocalFileMark.markedFile("a.meta") == nil)
    #expect(LocalFileMark.markedFile(".meta") == nil && LocalFileMark.name(for: "a") == ".a.meta")
  }
}
