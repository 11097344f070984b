import BackupLayout
import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import TestSupport
import Testing

@Suite struct RestoreTests {
  /// What a real cluster backed up, every row of it, with its expiry.
  @Test func backupOfARealClusterIsRestored() async throws {
    try await OneboxFixture.run({ $0.blockServices["real"] = RealStorage.coldBackup }) { box in
      let answer = try await box.restore("live_store", 16, RealStorage.backupID, as: "mine", provider: "real")
      #expect(answer.err == .ok && answer.appid == 1)
      let table = try await box.restored("mine", answer.appid)
      #expect(table.ports.count == 4)
      let rows = try await table.rows()
      var expected: [String: String] = [:]
      for number in 0..<3000 where number % 50 != 7 {
        let digits = String(100_000 + number / 3).dropFirst()
        expected["user\(digits):field\(number % 3)"] = String(repeating: "value-\(number)-", count: 1 + number % 5)
      }
      #expect(rows == expected && rows.count == 2940)
      #expect(try await table.get("user00001", "field0") == expected["user00001:field0"])
      // Number 5 has ten years.
      let ttl = try await table.timeToLive("user00001", "field2").ttlSeconds
      #expect(ttl > 9 * 365 * 86400 || ttl == -1)
      #expect(try await table.timeToLive("user00001", "field1").ttlSeconds == -1)
      try await table.put("user00001", "field0", "new")
      let info = try #require(try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos.first)
      #expect(
        info.envs == [
          "restore.app_id": "16", "restore.app_name": "live_store", "restore.backup_id": "\(RealStorage.backupID)",
          "restore.block_service_provider": "real", "restore.cluster_name": "onebox", "restore.policy_name": "",
        ])
      #expect(info.createSecond == 1_795_220_690 && info.maxReplicaCount == 3)
      try await box.restart()
      let again = try await box.open("mine")
      #expect(try await again.rows().count == 2940)
      #expect(try await again.get("user00001", "field0") == "new")
    }
  }

  /// From one cluster to another, with what is in a table: expiries, empty partitions, environments left behind.
  @Test func backupOfAnotherOneboxIsRestored() async throws {
    let storage = TemporaryDirectory("shared-storage")
    var backup: Int64 = 0
    var source: Int32 = 0
    try await OneboxFixture.run({
      $0.blockServices["local_service"] = storage.file("s")
      $0.clusterName = "ClusterA"
    }) { box in
      _ = try await box.create("other", partitions: 1)
      _ = try await box.create("t", partitions: 8, environment: ["business.info": "mine"])
      let table = try await box.open("t")
      source = table.id
      for number in 0..<3 { try await table.put("h\(number)", "s", "v\(number)", expiry: epochNow + 1000) }
      try await table.put("for", "ever", "yes")
      backup = try await box.backUp(table.id, path: "/user/pegasus")
    }
    try await OneboxFixture.run({ $0.blockServices["local_service"] = storage.file("s") }) { box in
      let answer = try await box.restore(
        "t", source, backup, as: "", cluster: "ClusterA", path: "/user/pegasus", skips: true)
      let table = try await box.restored("t", answer.appid)
      #expect(try await table.rows() == ["h0:s": "v0", "h1:s": "v1", "h2:s": "v2", "for:ever": "yes"])
      #expect(try await table.timeToLive("h1", "s").ttlSeconds > 900)
      let envs = try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos[0].envs
      #expect(envs["business.info"] == nil && envs["restore.skip_bad_partition"] == "true")
      #expect(envs["restore.restore_path"] == "/user/pegasus")
      // A table that was never restored, and one that is not there.
      _ = try await box.create("plain", partitions: 2)
      #expect(
        try await box.restoreStatus(2)
          == ConfigurationQueryRestoreResponse(err: .ok, restoreStatus: [.ok, .ok], restoreProgress: [1000, 1000]))
      #expect(try await box.restoreStatus(99).err == .appNotExist)
    }
  }

  @Test func refusals() async throws {
    try await OneboxFixture.run({ $0.blockServices["real"] = RealStorage.coldBackup }) { box in
      _ = try await box.create("taken", partitions: 1)
      let id = RealStorage.backupID
      func refusal(
        _ name: String = "live_store", _ table: Int32 = 16, _ backup: Int64 = id, as new: String = "new",
        provider: String = "real", cluster: String = "onebox", path: String? = nil
      ) async throws -> ErrorCode {
        let answer = try await box.restore(
          name, table, backup, as: new, provider: provider, cluster: cluster, path: path)
        #expect(answer.appid == -1)
        return answer.err
      }
      #expect(try await refusal(provider: "nowhere") == .invalidParameters)
      #expect(try await refusal(as: "taken") == .invalidParameters)
      #expect(try await refusal("live_store", 17) == .objectNotFound)
      #expect(try await refusal("other", 16) == .objectNotFound)
      #expect(try await refusal("live_store", 16, 1) == .objectNotFound)
      #expect(try await refusal(cluster: "ClusterB") == .objectNotFound)
      #expect(try await refusal(path: "/elsewhere") == .objectNotFound)
      #expect(try await refusal(path: "../..") == .invalidParameters)
      #expect(try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos.count == 1)
    }
  }

  /// A storage with a copy of the real backup, changed.
  private func damagedStorage(_ damage: (_ table: String) throws -> Void) throws -> TemporaryDirectory {
    let storage = TemporaryDirectory("damaged-storage")
    try FileManager.default.copyItem(atPath: RealStorage.coldBackup, toPath: storage.file("s"))
    try damage(storage.file("s") + "/" + BackupTree(cluster: "onebox").table(RealStorage.backupID, "live_store", 16))
    return storage
  }

  nonisolated enum Damage: String, CaseIterable, Sendable {
    case noCurrentCheckpoint, noMetadata, noMark, truncated, otherBytes, listsTooMuch, notJSON, brokenManifest

    func apply(_ table: String) throws {
      let partition = table + "/2"
      let checkpoint = partition + "/chkpt_localhost_34801"
      let manager = FileManager.default
      func rewrite(_ name: String, _ change: (inout Data) -> Void, marked: Bool = false) throws {
        let url = URL(filePath: "\(checkpoint)/\(name)")
        var data = try Data(contentsOf: url)
        change(&data)
        try data.write(to: url)
      }
      switch self {
      case .noCurrentCheckpoint: try manager.removeItem(atPath: partition + "/current_checkpoint")
      case .noMetadata: try manager.removeItem(atPath: checkpoint + "/backup_metadata")
      case .noMark: try manager.removeItem(atPath: checkpoint + "/.000013.sst.meta")
      case .truncated: try rewrite("000013.sst", { $0.removeLast(100) })
      case .otherBytes: try rewrite("000013.sst", { $0[$0.count / 2] ^= 1 })
      case .listsTooMuch:
        try rewrite(
          "backup_metadata",
          { data in
            let text = String(decoding: data, as: UTF8.self)
            data = Data(text.replacing("\"checkpoint_total_size\":", with: "\"checkpoint_total_size\":1").utf8)
          })
      case .notJSON: try rewrite("backup_metadata", { $0.removeFirst() })
      case .brokenManifest:
        // Its digest is right: what is broken was backed up so.
        let metadata = URL(filePath: checkpoint + "/backup_metadata")
        var document = try BackupMetadata(contents: [UInt8](try Data(contentsOf: metadata)))
        try rewrite("MANIFEST-000005", { $0[$0.count / 2] ^= 0xFF })
        for index in document.files.indices where document.files[index].name == "MANIFEST-000005" {
          document.files[index].md5 = ""
        }
        try Data(document.contents).write(to: metadata)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func damagedPartitionTakesTheTableBackOrIsSkipped(_ damage: Damage) async throws {
    let storage = try damagedStorage(damage.apply)
    try await OneboxFixture.run({ $0.blockServices["s"] = storage.file("s") }) { box in
      let id = RealStorage.backupID
      let refused = try await box.restore("live_store", 16, id, as: "all", provider: "s")
      #expect(refused.err == .ok)
      try await eventually("it is taken back") { try await box.restoreStatus(refused.appid).err == .appDropped }
      let dropped = try await box.meta(ListApps.self, ConfigurationListAppsRequest(status: .dropped)).infos
      #expect(dropped.map(\.appId) == [refused.appid] && dropped[0].expireSecond - dropped[0].dropSecond == 1)
      let recalled = try await box.meta(RecallApp.self, ConfigurationRecallAppRequest(appId: refused.appid))
      #expect(recalled.err == .invalidState || recalled.err == .appNotExist)
      let skipping = try await box.restore("live_store", 16, id, as: "some", provider: "s", skips: true)
      let table = try await box.restored("some", skipping.appid)
      let status = try await box.restoreStatus(skipping.appid)
      #expect(status.restoreStatus == [.ok, .ok, .ignoreBadData, .ok])
      let rows = try await table.rows()
      #expect(rows.count > 1500 && rows.count < 2940)
      #expect(try await table.call(GetScanner.self, .fullScan(), partition: 2).kvs.isEmpty)
      try await table.put("user00001", "field0", "written")
      try await box.restart()
      #expect(try await box.restoreStatus(skipping.appid).restoreStatus == [.ok, .ok, .ignoreBadData, .ok])
      #expect(files(below: box.options.dataDirectory).allSatisfy { !$0.contains(".restore/") })
    }
  }

  /// A backup of some megabytes, restored slowly.
  @LoopActor
  private func slowRestore(_ box: OneboxFixture) async throws -> ConfigurationCreateAppResponse {
    let table = try await box.table("t", partitions: 4)
    for number in 0..<24 { try await table.put("h\(number)", "s", String(repeating: "\(number)", count: 200_000)) }
    let backup = try await box.backUp(table.id)
    try await box.limitStorage(1)
    let answer = try await box.restore("t", table.id, backup, as: "r")
    #expect(answer.err == .ok)
    try await eventually("something has come") {
      let progress = try await box.restoreStatus(answer.appid).restoreProgress
      return progress.contains { $0 > 0 } && progress.contains { $0 < 1000 }
    }
    return answer
  }

  @Test func restartGoesOn() async throws {
    try await OneboxFixture.run { box in
      let answer = try await slowRestore(box)
      #expect(try await box.meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: "r")).err == .ok)
      try await box.restart()
      let table = try await box.restored("r", answer.appid)
      #expect(try await table.rows().count == 24)
    }
  }

  @Test func dropGivesItUp() async throws {
    try await OneboxFixture.run { box in
      let answer = try await slowRestore(box)
      #expect(try await box.create("r").err == .busyCreating)
      #expect(try await box.meta(DropApp.self, ConfigurationDropAppRequest(appName: "r")).err == .ok)
      #expect(try await box.restoreStatus(answer.appid).err == .appDropped)
      let recalled = try await box.meta(RecallApp.self, ConfigurationRecallAppRequest(appId: answer.appid))
      #expect(recalled.err == .invalidState)
      #expect(files(below: box.options.dataDirectory).allSatisfy { !$0.contains(".restore/") })
      try await box.restart()
      #expect(try await box.restoreStatus(answer.appid).err == .appDropped)
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func fullDiskIsWaitedFor() async throws {
    let storage = TemporaryDirectory("storage")
    var (backup, source): (Int64, Int32) = (0, 0)
    try await OneboxFixture.run({ $0.blockServices["local_service"] = storage.file("s") }) { box in
      let table = try await box.table("t", partitions: 2)
      source = table.id
      for number in 0..<30 { try await table.put("h\(number)", "s", String(repeating: "\(number)", count: 300_000)) }
      backup = try await box.backUp(table.id)
    }
    let disk = try #require(SmallDisk(megabytes: 32))
    let ballast = disk.path + "/ballast"
    try Data(count: 26 << 20).write(to: URL(filePath: ballast))
    try await OneboxFixture.run({
      $0.dataDirectory = disk.path + "/data"
      $0.blockServices["local_service"] = storage.file("s")
      $0.storageRound = .milliseconds(100)
    }) { box in
      let answer = try await box.restore("t", source, backup, as: "r")
      #expect(answer.err == .ok)
      try await eventually("the disk is full") {
        try await box.restoreStatus(answer.appid).restoreStatus.contains(.diskInsufficient)
      }
      try FileManager.default.removeItem(atPath: ballast)
      let table = try await box.restored("r", answer.appid)
      #expect(try await table.rows().count == 30)
    }
  }
}
