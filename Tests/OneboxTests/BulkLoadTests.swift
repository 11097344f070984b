import BackupLayout
import Bytes
import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

@Suite struct BulkLoadTests {
  @Test func treeOfARealClusterIsLoaded() async throws {
    try await OneboxFixture.run({
      $0.blockServices["real"] = RealStorage.bulkLoad
      BulkLoadSetup.quick(&$0)
    }) { box in
      for number in 1..<7 { try await box.create("other_\(number)", partitions: 1) }
      let table = try await box.table("bl", partitions: 4)
      #expect(try await box.startLoad("bl", provider: "real", root: "").err == .ok)
      let end = try await box.loaded("bl")
      #expect(end.err == .ok && end.appStatus == .succeed && end.partitionsStatus.allSatisfy { $0 == .succeed })
      #expect(end.hintMsg == "app(bl) is not during bulk load, return last time result")
      let rows = try await table.rows()
      #expect(rows.count == 10_000 && rows["bulk_000123:s"] == "bulk123")
      #expect(try await table.get("bulk_000123", "s") == "bulk123")
      try await box.restart()
      #expect(try await box.open("bl").rows().count == 10_000)
      #expect(try await box.load("bl").appStatus == .succeed)
    }
  }

  @Test func statesAreGoneThroughInOrder() async throws {
    try await OneboxFixture.run({
      $0.sendsHostPorts = true
      $0.storageRound = .milliseconds(150)
    }) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box)
      _ = try await box.meta(ControlMeta.self, ConfigurationMetaControlRequest(level: .lively))
      #expect(try await box.startLoad("t").err == .ok)
      let level = try await box.meta(ControlMeta.self, ConfigurationMetaControlRequest(level: .invalid)).oldLevel
      #expect(level == .steady)
      var seen: [BulkLoadStatus] = []
      var isLoading = false
      try await eventually("it ends") {
        let status = try await box.load("t")
        if seen.last != status.appStatus { seen.append(status.appStatus) }
        let info = try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos[0]
        if status.isBulkLoading == true {
          isLoading = isLoading || info.isBulkLoading == true
          #expect(status.err == .ok && status.bulkLoadStates.count == 4 && status.maxReplicaCount == 3)
          #expect(status.bulkLoadStates.allSatisfy { $0.count == 3 } && status.hpBulkLoadStates?.count == 4)
          let state = try #require(status.bulkLoadStates[0].values.first)
          switch status.appStatus {
          case .downloading, .downloaded:
            #expect(state.downloadProgress != nil && state.ingestStatus == nil && state.isCleanedUp == nil)
          case .ingesting: #expect(state.ingestStatus != nil && state.downloadProgress == nil)
          default: #expect(state.isCleanedUp != nil && state.downloadProgress == nil)
          }
        }
        return status.isBulkLoading == false
      }
      #expect(isLoading)
      // Ingesting may be too short to be seen.
      #expect(seen.filter { $0 != .ingesting } == [.downloading, .downloaded, .succeed])
      #expect(try await table.rows().count == 200)
      #expect(try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos[0].isBulkLoading == false)
      #expect(
        files(below: box.options.dataDirectory).allSatisfy { !$0.contains("/bulk_load/") || !$0.hasSuffix(".sst") })
    }
  }

  /// Without `ingest_behind` what is loaded wins; a second load is as good as one.
  @Test func loadedRowsWin() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, tree) = try await BulkLoadSetup.prepare(box)
      try await table.put("h1", "s", "written before")
      try await table.put("other", "s", "stays")
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.get("h1", "s") == "loaded1")
      #expect(try await table.get("other", "s") == "stays")
      try await table.put("h2", "s", "written after")
      #expect(try await table.get("h2", "s") == "written after")
      try tree.write(BulkLoadSetup.rows(0..<10, "again"))
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.get("h2", "s") == "again2")
      #expect(try await table.get("h150", "s") == "loaded150")
    }
  }

  private static let behind = ["rocksdb.allow_ingest_behind": "true", "rocksdb.usage_scenario": "bulk_load"]

  /// With it, what the application writes before, during and after the load wins, deletions included.
  @Test func rowsWrittenDuringTheLoadWin() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box, environment: Self.behind, rows: 0..<3000)
      var written: Set<Int> = []
      for number in 0..<100 {
        try await table.put("h\(number)", "s", "mine\(number)")
        written.insert(number)
      }
      let deleted = try table.key("h2999", "s")
      _ = try await table.call(Remove.self, deleted, partition: table.partition(of: deleted))
      #expect(try await box.startLoad("t", behind: true).err == .ok)
      var refused = 0
      var number = 100
      while try await box.load("t").isBulkLoading == true || number < 1000 {
        guard number < 2900 else { break }
        do {
          try await table.put("h\(number)", "s", "mine\(number)")
          written.insert(number)
          number += 1
        } catch RPCError.server(.operationDisabled, _, _) {
          // While its partition takes the files in.
          refused += 1
        }
      }
      #expect(try await box.loaded("t").appStatus == .succeed)
      func check(_ table: TableFixture) async throws {
        let rows = try await table.rows()
        #expect(rows.count == 2999 && rows["h2999:s"] == nil)
        for number in 0..<2999 {
          #expect(rows["h\(number):s"] == (written.contains(number) ? "mine\(number)" : "loaded\(number)"))
        }
      }
      try await check(table)
      #expect(written.count >= 1000)
      // So it stays when everything is rewritten, and after a start.
      let compaction = StartAppManualCompactRequest(appName: "t", bottommost: true)
      #expect(try await box.meta(StartManualCompact.self, compaction).err == .ok)
      try await eventually("it is compacted") {
        try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t")).progress == 100
      }
      try await check(table)
      try await box.restart()
      try await check(try await box.open("t"))
    }
  }

  @Test func ingestBehindNeedsTheTableToBeOpenedForIt() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box)
      let refused = try await box.startLoad("t", behind: true)
      #expect(refused.err == .inconsistentState && refused.hintMsg == "inconsistent ingestion behind option")
      // Set too late: accepted, and fails in the storage.
      #expect(try await box.setEnvironment("t", "rocksdb.allow_ingest_behind", "true") == "")
      #expect(try await box.startLoad("t", behind: true).err == .ok)
      let failed = try await box.loaded("t")
      #expect(failed.err == .ingestionFailed && failed.appStatus == .failed)
      #expect(try await table.rows().isEmpty)
      // Opened anew it works.
      for port in box.server.replicaPorts {
        #expect(try await box.command(port, "replica.kill_partition", "\(table.id)") == "ERR_OK")
      }
      try await eventually("it is open again") {
        for index in 0..<4 where (try? await table.call(GetScanner.self, .fullScan(), partition: Int32(index))) == nil {
          return false
        }
        return true
      }
      #expect(try await box.startLoad("t", behind: true).err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.rows().count == 200)
      #expect(
        try await box.command(box.server.replicaPorts[0], "replica.kill_partition", "x") == "ERR_INVALID_PARAMETERS")
      #expect(
        try await box.command(box.server.replicaPorts[0], "replica.kill_partition", "99") == "ERR_OBJECT_NOT_FOUND")
    }
  }

  @Test func compactedTableRefusesFilesBehind() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box, environment: ["rocksdb.allow_ingest_behind": "true"])
      for number in 0..<200 { try await table.put("h\(number)", "s", "mine") }
      #expect(try await box.meta(StartManualCompact.self, StartAppManualCompactRequest(appName: "t")).err == .ok)
      try await eventually("it is compacted") {
        try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t")).progress == 100
      }
      #expect(try await box.startLoad("t", behind: true).err == .ok)
      #expect(try await box.loaded("t").err == .ingestionFailed)
      #expect(try await table.get("h1", "s") == "mine")
    }
  }

  // MARK: Control

  @Test func pauseGoOnCancelClear() async throws {
    try await OneboxFixture.run(BulkLoadSetup.slow) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box)
      // Before the load, which stays for a round only in its first state.
      _ = try await box.create("other", partitions: 1)
      #expect(try await box.startLoad("t").err == .ok)
      let second = try await box.startLoad("t")
      #expect(second.err == .busy && second.hintMsg.contains("is already executing bulk load"))
      let other = try await box.startLoad("other")
      #expect(other.err == .busy && other.hintMsg.contains("meta server is busy now"))
      let early = try await box.control("t", .restart)
      #expect(
        early.err == .invalidState
          && early.hintMsg
            == "can not restart bulk load for app(t) with status(replication::bulk_load_status::BLS_DOWNLOADING)"
      )
      #expect(try await box.control("t", .pause).err == .ok)
      #expect(try await box.load("t").appStatus == .pausing)
      #expect(
        try await box.control("t", .pause).hintMsg
          == "can not pause bulk load for app(t) with status(replication::bulk_load_status::BLS_PAUSING)")
      #expect(try await box.control("t", .cancel).err == .invalidState)
      let clear = try await box.meta(ClearBulkLoad.self, ClearBulkLoadStateRequest(appName: "t"))
      #expect(clear.err == .invalidState && clear.hintMsg == "app(t) is executing bulk load")
      try await eventually("it is paused") { try await box.load("t").appStatus == .paused }
      let paused = try await box.load("t")
      #expect(paused.partitionsStatus.allSatisfy { $0 == .paused } && paused.isBulkLoading == true)
      #expect(paused.bulkLoadStates.allSatisfy { $0.values.allSatisfy { $0.isPaused == true } })
      #expect(try await table.rows().isEmpty)
      #expect(try await box.control("t", .restart).err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.rows().count == 200)
      #expect(try await box.control("t", .forceCancel).err == .inactiveState)
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.control("t", .cancel).err == .ok)
      let cancelled = try await box.loaded("t")
      #expect(cancelled.err == .ok && cancelled.appStatus == .canceled)
      let cleared = try await box.meta(ClearBulkLoad.self, ClearBulkLoadStateRequest(appName: "t"))
      #expect(
        cleared.hintMsg == "clear app(t) bulk load result succeed, remove bulk load dir succeed" && cleared.err == .ok)
      #expect(try await box.load("t").appStatus == .invalid)
      // Two at a time, where the cluster is set so.
      #expect(
        try await box.get(box.server.metaPort, "/updateConfig?enable_concurrent_bulk_load=true").text
          == "{\"update_status\":\"ERR_OK\"}")
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.startLoad("other").err == .objectNotFound)
      #expect(try await box.control("t", .forceCancel).err == .ok)
      #expect(try await box.loaded("t").appStatus == .canceled)
    }
  }

  @Test func deniedWritesHoldIngestionBack() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box)
      #expect(try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*write") == "")
      #expect(try await box.startLoad("t").err == .ok)
      try await eventually("it waits") { try await box.load("t").appStatus == .ingesting }
      for _ in 0..<3 { #expect(try await box.load("t").appStatus == .ingesting) }
      #expect(try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*read") == "")
      #expect(try await box.loaded("t").appStatus == .succeed)
      _ = try await box.meta(
        UpdateAppEnv.self, ConfigurationUpdateAppEnvRequest(appName: "t", op: .clear, clearPrefix: ""))
      #expect(try await table.rows().count == 200)
    }
  }

  @Test func droppedTableForgetsItsLoad() async throws {
    try await OneboxFixture.run(BulkLoadSetup.slow) { box in
      _ = try await BulkLoadSetup.prepare(box)
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.meta(DropApp.self, ConfigurationDropAppRequest(appName: "t")).err == .ok)
      #expect(try await box.load("t").err == .appNotExist)
      let recalled = try await box.meta(RecallApp.self, ConfigurationRecallAppRequest(appId: 1))
      #expect(recalled.err == .ok && recalled.info.isBulkLoading != true)
      #expect(try await box.load("t").appStatus == .invalid)
    }
  }

  @Test(arguments: [BulkLoadStatus.downloading, .paused, .ingesting])
  func restartGoesOn(_ status: BulkLoadStatus) async throws {
    try await OneboxFixture.run(BulkLoadSetup.slow) { box in
      let (table, _) = try await BulkLoadSetup.prepare(box, environment: Self.behind)
      try await table.put("h1", "s", "mine")
      if status == .ingesting { try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*write") }
      #expect(try await box.startLoad("t", behind: true).err == .ok)
      if status == .paused { #expect(try await box.control("t", .pause).err == .ok) }
      try await eventually("it is there") { try await box.load("t").appStatus == status }
      try await box.restart()
      let seen = try await box.load("t")
      #expect(seen.isBulkLoading == true && seen.appStatus == (status == .paused ? .paused : .downloading))
      if status == .paused { #expect(try await box.control("t", .restart).err == .ok) }
      if status == .ingesting { try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*read") }
      #expect(try await box.loaded("t").appStatus == .succeed)
      _ = try await box.meta(
        UpdateAppEnv.self,
        ConfigurationUpdateAppEnvRequest(appName: "t", op: .del, keys: ["replica.deny_client_request"]))
      let rows = try await box.open("t").rows()
      #expect(rows.count == 200 && rows["h1:s"] == "mine" && rows["h2:s"] == "loaded2")
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func fullDiskFailsTheLoad() async throws {
    let disk = try #require(SmallDisk(megabytes: 64))
    let storage = TemporaryDirectory("storage")
    try await OneboxFixture.run({
      $0.dataDirectory = disk.path + "/data"
      $0.blockServices["local_service"] = storage.file("s")
      $0.writeBufferSize = 1 << 20
      BulkLoadSetup.quick(&$0)
    }) { box in
      let (table, tree) = try await BulkLoadSetup.prepare(box)
      // Nothing that could be compressed.
      var random = SystemRandomNumberGenerator()
      try tree.write(
        (0..<200).map { number in
          ("h\(number)", "s", (0..<4000).map { _ in String(random.next(), radix: 36) }.joined())
        })
      let ballast = disk.path + "/ballast"
      let space = try FileManager.default.attributesOfFileSystem(forPath: disk.path)[.systemFreeSize] as? Int ?? 0
      try Data(count: max(space - (8 << 20), 0)).write(to: URL(filePath: ballast))
      #expect(try await box.startLoad("t").err == .ok)
      let end = try await box.loaded("t")
      #expect(end.err == .fileOperationFailed && end.appStatus == .failed)
      #expect(try await table.rows().isEmpty)
      try FileManager.default.removeItem(atPath: ballast)
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.rows().count == 200)
    }
  }
}
