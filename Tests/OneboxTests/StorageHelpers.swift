import BackupLayout
import Bytes
import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import StorageEngine
import TestSupport

// Requests about backups, restores and bulk loads.
extension OneboxFixture {
  func startBackup(_ tableID: Int32, path: String? = nil) async throws -> StartBackupAppResponse {
    try await meta(
      StartBackupApp.self,
      StartBackupAppRequest(backupProviderType: "local_service", appId: tableID, backupPath: path))
  }

  func backups(_ tableID: Int32) async throws -> [BackupItem] {
    try await meta(QueryBackupStatus.self, QueryBackupStatusRequest(appId: tableID)).backupItems ?? []
  }

  /// Makes a backup and waits for its end; its id.
  func backUp(_ tableID: Int32, path: String? = nil) async throws -> Int64 {
    let started = try await startBackup(tableID, path: path)
    guard started.err == .ok, let id = started.backupId else { throw Unexpected(started.hintMessage) }
    try await eventually("the backup ends") {
      guard let item = try await backups(tableID).first(where: { $0.backupId == id }) else { return false }
      if item.isBackupFailed { throw Unexpected("the backup has failed") }
      return item.endTimeMs > 0
    }
    return id
  }

  func restore(
    _ name: String, _ id: Int32, _ backup: Int64, as new: String, provider: String = "local_service",
    cluster: String = "onebox", path: String? = nil, skips: Bool = false
  ) async throws -> ConfigurationCreateAppResponse {
    try await meta(
      StartRestore.self,
      ConfigurationRestoreRequest(
        clusterName: cluster, policyName: "", timeStamp: backup, appName: name, appId: id, newAppName: new,
        backupProviderName: provider, skipBadPartition: skips, restorePath: path))
  }

  func restoreStatus(_ id: Int32) async throws -> ConfigurationQueryRestoreResponse {
    try await meta(QueryRestoreStatus.self, ConfigurationQueryRestoreRequest(restoreAppId: id))
  }

  /// Waits until every partition has its data and a primary.
  func restored(_ name: String, _ id: Int32) async throws -> TableFixture {
    try await eventually("the restore ends") {
      let status = try await restoreStatus(id)
      guard status.err == .ok else { throw Unexpected("\(status)") }
      guard status.restoreProgress.allSatisfy({ $0 == 1000 }) else { return false }
      let routing = try await meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: name))
      return !routing.partitions.isEmpty && routing.partitions.allSatisfy { $0.ballot > 0 }
    }
    return try await open(name)
  }

  func startLoad(
    _ table: String, provider: String = "local_service", root: String = "bulk", cluster: String = "onebox",
    behind: Bool = false
  ) async throws -> StartBulkLoadResponse {
    try await meta(
      StartBulkLoad.self,
      StartBulkLoadRequest(
        appName: table, clusterName: cluster, fileProviderType: provider, remoteRootPath: root, ingestBehind: behind))
  }

  func load(_ table: String) async throws -> QueryBulkLoadResponse {
    try await meta(QueryBulkLoadStatus.self, QueryBulkLoadRequest(appName: table))
  }

  func control(_ table: String, _ type: BulkLoadControlType) async throws -> ControlBulkLoadResponse {
    try await meta(ControlBulkLoad.self, ControlBulkLoadRequest(appName: table, type: type))
  }

  /// Waits for the end of a load.
  func loaded(_ table: String) async throws -> QueryBulkLoadResponse {
    try await eventually("the bulk load ends") { try await load(table).isBulkLoading == false }
    return try await load(table)
  }

  func get(_ port: UInt16, _ path: String) async throws -> HTTPReply {
    try await HTTPGet.fetch(NodeAddress(host: "127.0.0.1", port: port), path: path)
  }

  /// Slows what goes to and comes from the storage service, in megabytes a second.
  func limitStorage(_ megabytes: Int) async throws {
    for port in replicaPorts {
      for name in ["hdfs_write_limit_rate_mb_per_sec", "hdfs_read_limit_rate_mb_per_sec"] {
        let reply = try await get(port, "/updateConfig?\(name)=\(megabytes)")
        guard reply.text == "{\"update_status\":\"ERR_OK\"}" else { throw Unexpected(reply.text) }
      }
    }
  }

  /// Where the storage of the provider that every onebox has is.
  var storage: String { options.blockServices["local_service"] ?? options.dataDirectory + "/block_service" }
}

extension TableFixture {
  /// All rows of a table, `hash:sort` to value.
  func rows() async throws -> [String: String] {
    var rows: [String: String] = [:]
    for index in ports.indices {
      var batch = try await call(GetScanner.self, .fullScan(), partition: Int32(index))
      while true {
        for row in batch.kvs {
          let key = try PegasusKey(encoded: row.key)
          rows["\(text(key.hashKey)):\(text(key.sortKey))"] = text(row.value)
        }
        guard batch.contextId != -1, batch.contextId != 0 else { break }
        batch = try await call(Scan.self, ScanRequest(contextId: batch.contextId), partition: Int32(index))
      }
    }
    return rows
  }
}

/// Writes bulk-load trees, as an offline split does.
struct BulkLoadWriter {
  let root: String
  let tree: BulkLoadTree
  var info: BulkLoadInfo

  @LoopActor
  init(storage: String, table: TableFixture, name: String) {
    root = storage
    tree = BulkLoadTree(root: "bulk", cluster: "onebox", table: name)
    info = BulkLoadInfo(tableID: table.id, tableName: name, partitionCount: Int32(table.ports.count))
  }

  func write(_ path: String, _ contents: [UInt8]) throws {
    let place = "\(root)/\(path)"
    let (directory, name) = StoragePath.split(place)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data(contents).write(to: URL(filePath: place))
    try Data(LocalFileMark(size: Int64(contents.count), md5: MD5.hex(of: contents)).contents)
      .write(to: URL(filePath: "\(directory)/\(LocalFileMark.name(for: name))"))
  }

  /// All rows, one file in each partition; a partition without rows gets the servers' own marker.
  func write(_ rows: [(hash: String, sort: String, value: String)]) throws {
    var byPartition = [[(key: [UInt8], value: [UInt8])]](repeating: [], count: Int(info.partitionCount))
    for row in rows {
      let key = try PegasusKey(hashKey: bytes(row.hash), sortKey: bytes(row.sort))
      let index = PartitionHash.index(of: key.partitionHash, count: info.partitionCount)
      byPartition[Int(index)].append((key.encoded, [UInt8](repeating: 0, count: 12) + bytes(row.value)))
    }
    let scratch = TemporaryDirectory("bulk-load")
    for (index, rows) in byPartition.enumerated() {
      let file = scratch.file("\(index).sst")
      var writer = try SSTWriter(path: file)
      if rows.isEmpty { try writer.put([UInt8]().span.bytes, [UInt8](repeating: 0, count: 12).span.bytes) }
      for row in rows.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        try writer.put(row.key.span.bytes, row.value.span.bytes)
      }
      try writer.finish()
      let contents = [UInt8](try Data(contentsOf: URL(filePath: file)))
      try write("\(tree.partition(Int32(index)))/1.sst", contents)
      try writeMetadata(index, [FileRecord(name: "1.sst", size: Int64(contents.count), md5: MD5.hex(of: contents))])
    }
    try write(tree.info, info.contents)
  }

  func writeMetadata(_ index: Int, _ files: [FileRecord], totalSize: Int64? = nil) throws {
    var metadata = BulkLoadMetadata(files: files)
    if let totalSize { metadata.totalSize = totalSize }
    try write(tree.metadata(Int32(index)), metadata.contents)
  }

  func metadata(_ index: Int) throws -> BulkLoadMetadata {
    try BulkLoadMetadata(
      contents: [UInt8](try Data(contentsOf: URL(filePath: "\(root)/\(tree.metadata(Int32(index)))"))))
  }

  func place(_ index: Int, _ name: String) -> String { "\(root)/\(tree.partition(Int32(index)))/\(name)" }
}

/// Files below a directory, as paths from there.
func files(below root: String) -> [String] {
  (FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []).filter { path in
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isDirectory)
      && !isDirectory.boolValue
  }.sorted()
}
