import BackupLayout
import Bytes
import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

@Suite struct BackupTests {
  private func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

  /// Paths without what differs from one backup to the next.
  private func shapes(_ paths: [String]) -> Set<String> {
    Set(
      paths.map { path in
        path.split(separator: "/").map { part in
          let digits = part.drop { $0 == "." }.prefix { $0.isNumber }
          if part.contains(".sst") { return part.hasPrefix(".") ? ".N.sst.meta" : "N.sst" }
          if part.contains("MANIFEST-") || part.contains("OPTIONS-") {
            return String(part.filter { !$0.isNumber })
          }
          if part.hasPrefix("chkpt_") { return "chkpt" }
          if part.hasPrefix("live_store_") { return "live_store" }
          return digits.count > 9 ? "id" : String(part)
        }.joined(separator: "/")
      })
  }

  /// The same directories, files, names and keys as a real server's.
  @Test func treeIsThatOfARealServer() async throws {
    try await OneboxFixture.run({ $0.hostName = "localhost" }) { box in
      let table = try await box.table("live_store")
      for number in 0..<400 { try await table.put("user\(number)", "s", "value \(number)") }
      let id = try await box.backUp(table.id)
      #expect(shapes(files(below: box.storage)) == shapes(files(below: RealStorage.coldBackup)))
      let tree = BackupTree(cluster: "onebox")
      let info = try BackupInfo(contents: try contents("\(box.storage)/\(tree.info(id))"))
      #expect(
        info
          == BackupInfo(id: id, startTime: id, endTime: 0, content: .table(id: table.id, name: "live_store")))
      let metadata = try AppMetadata(
        contents: try contents("\(box.storage)/\(tree.appMetadata(id, "live_store", table.id))"))
      #expect(metadata.partitionCount == 4 && metadata.id == table.id && metadata.createSecond > 0)
      var decrees: Int64 = 0
      for (index, port) in table.ports.enumerated() {
        let partition = "\(box.storage)/\(tree.partition(id, "live_store", table.id, Int32(index)))"
        let name = text(try contents("\(partition)/current_checkpoint"))
        #expect(name == "chkpt_localhost_\(port)")
        let checkpoint = try BackupMetadata(contents: try contents("\(partition)/\(name)/backup_metadata"))
        decrees += checkpoint.decree
        for file in checkpoint.files {
          let bytes = try contents("\(partition)/\(name)/\(file.name)")
          #expect(Int64(bytes.count) == file.size && MD5.hex(of: bytes) == file.md5)
        }
      }
      // One for each write.
      #expect(decrees == 400)
      // The checkpoints on the servers' own disk are gone.
      try await eventually("nothing is left") {
        files(below: box.options.dataDirectory).allSatisfy { !$0.contains("/backup/") }
      }
    }
  }

  @Test func writesAfterTheCheckpointAreNotInIt() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 1)
      for number in 0..<100 { try await table.put("h\(number)", "s", "before") }
      let started = try await box.startBackup(table.id, path: "/some/where")
      #expect(started.err == .ok)
      for number in 0..<200 { try await table.put("h\(number)", "s", "after") }
      try await eventually("the backup ends") { try await box.backups(table.id).allSatisfy { $0.endTimeMs > 0 } }
      let restored = try await box.restore("t", table.id, try #require(started.backupId), as: "r", path: "/some/where")
      let rows = try await box.restored("r", restored.appid).rows()
      #expect((100...200).contains(rows.count))
      #expect(try await box.backups(table.id).map(\.backupPath) == ["/some/where"])
    }
  }

  @Test func refusals() async throws {
    try await OneboxFixture.run({ $0.disablesColdBackup = true }) { box in
      let table = try await box.table("t", partitions: 1)
      #expect(try await box.startBackup(table.id).err == .serviceNotActive)
      #expect(
        try await box.meta(QueryBackupPolicy.self, ConfigurationQueryBackupPolicyRequest()).err == .serviceNotActive)
    }
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 1)
      #expect(try await box.startBackup(table.id, path: "../outside").err == .invalidParameters)
      _ = try await box.meta(DropApp.self, ConfigurationDropAppRequest(appName: "t"))
      let dropped = try await box.startBackup(table.id)
      #expect(dropped.err == .invalidState && dropped.hintMessage == "Backup failed: invalid app id \(table.id).")
      #expect(files(below: box.storage).isEmpty)
    }
  }

  @Test func storageThatCannotBeWrittenFailsTheBackup() async throws {
    let scratch = TemporaryDirectory("no-storage")
    try Data("a file".utf8).write(to: URL(filePath: scratch.file("storage")))
    try await OneboxFixture.run({ $0.blockServices["local_service"] = scratch.file("storage") }) { box in
      let table = try await box.table("t", partitions: 1)
      let started = try await box.startBackup(table.id)
      #expect(started.err == .fsInternal)
      #expect(started.hintMessage == "Backup failed: could not backup metadata for app \(table.id).")
      #expect(try await box.backups(table.id).isEmpty)
    }
  }

  @Test func droppedTableEndsItsBackup() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 4)
      for number in 0..<16 { try await table.put("h\(number)", "s", String(repeating: "v", count: 300_000)) }
      try await box.limitStorage(1)
      let id = try #require(try await box.startBackup(table.id).backupId)
      _ = try await box.meta(DropApp.self, ConfigurationDropAppRequest(appName: "t"))
      try await box.limitStorage(1000)
      try await eventually("it has failed") { try await box.backups(table.id)[0].isBackupFailed }
      #expect(!files(below: box.storage).contains("onebox/\(id)/backup_info"))
    }
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func fullStorageFailsTheBackup() async throws {
    let disk = try #require(SmallDisk(megabytes: 16))
    try await OneboxFixture.run({ $0.blockServices["local_service"] = disk.path + "/storage" }) { box in
      let table = try await box.table("t", partitions: 2)
      for number in 0..<40 { try await table.put("h\(number)", "s", String(repeating: "\(number)", count: 400_000)) }
      let started = try await box.startBackup(table.id)
      #expect(started.err == .ok)
      try await eventually("it has failed") { try await box.backups(table.id)[0].isBackupFailed }
      // Another one can be tried, and the table is as it was.
      try FileManager.default.removeItem(atPath: disk.path + "/storage")
      #expect(try await table.get("h1", "s")?.count == 400_000)
      #expect(try await box.startBackup(table.id).err == .ok)
    }
  }

  // MARK: Policies

  @LoopActor
  private func policy(
    _ name: String, _ box: OneboxFixture, tables: [Int32], interval: Int64 = 86400, keep: Int32 = 2,
    start: String = "24:00", provider: String = "local_service"
  ) async throws -> ConfigurationAddBackupPolicyResponse {
    try await box.meta(
      AddBackupPolicy.self,
      ConfigurationAddBackupPolicyRequest(
        backupProviderType: provider, policyName: name, appIds: tables, backupIntervalSeconds: interval,
        backupHistoryCountToKeep: keep, startTime: start))
  }

  @LoopActor
  private func rounds(_ name: String, _ box: OneboxFixture) async throws -> [BackupEntry] {
    try await box.meta(
      QueryBackupPolicy.self, ConfigurationQueryBackupPolicyRequest(policyNames: [name], backupInfoCount: 10)
    ).backupInfos.first ?? []
  }

  @Test func policiesRunOnScheduleAndForget() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 2)
      let other = try await box.table("other", partitions: 1)
      try await table.put("h", "s", "v")
      #expect(try await policy("daily", box, tables: [table.id, other.id]).err == .ok)
      try await eventually("the first round ends") {
        try await rounds("daily", box).first.map { $0.endTimeMs > 0 } ?? false
      }
      let first = try await rounds("daily", box)
      #expect(first.count == 1 && first[0].appIds == [table.id, other.id])
      let tree = BackupTree(cluster: "onebox")
      let info = try BackupInfo(contents: try contents("\(box.storage)/\(tree.info(first[0].backupId))"))
      #expect(info.endTime > 0)
      #expect(
        info.content == .tables(ids: [table.id, other.id], names: [table.id: "t", other.id: "other"], status: 1))
      #expect(
        try AppBackupStatus(
          contents: try contents("\(box.storage)/\(tree.appStatus(first[0].backupId, "t", table.id))")
        ).totalCheckpointSize > 0)
      // Restored as any other.
      let restored = try await box.restore("t", table.id, first[0].backupId, as: "r")
      #expect(try await box.restored("r", restored.appid).get("h", "s") == "v")
      // Not before its time; then once a day, the two latest kept.
      let day: Int64 = 86_400_000
      for number in 1...3 {
        let start = first[0].startTimeMs + Int64(number) * day
        box.server.runBackupPolicies(at: start - 1)
        box.server.runBackupPolicies(at: start)
        try await eventually("round \(number) ends and older ones are forgotten") {
          let rounds = try await rounds("daily", box)
          return rounds[0].backupId == start && rounds[0].endTimeMs > 0 && rounds.count == 2
        }
      }
      let kept = try await rounds("daily", box).map(\.backupId)
      #expect(kept == [first[0].startTimeMs + 3 * day, first[0].startTimeMs + 2 * day])
      let there = Set(files(below: "\(box.storage)/onebox").compactMap { $0.split(separator: "/").first })
      #expect(there == Set(kept.map { "\($0)" }.map { Substring($0) }))
      try await box.restart()
      #expect(try await rounds("daily", box).map(\.backupId) == kept)
    }
  }

  @Test func roundsThatBeginTogetherAreApart() async throws {
    try await OneboxFixture.run { box in
      var tables: [String: Int32] = [:]
      for name in ["a", "b", "c"] {
        let table = try await box.table(name, partitions: 1)
        try await table.put("h", "s", name)
        tables[name] = table.id
      }
      // None of them begins before all are there, and then all in the same call.
      let hour = farHour
      for (name, id) in tables {
        #expect(try await policy(name, box, tables: [id], start: "\(hour):0").err == .ok)
      }
      for later in 0..<24 as Range<Int64> { box.server.runBackupPolicies(at: (unixNow + later * 3600) * 1000) }
      var ids: Set<Int64> = []
      for (name, id) in tables {
        try await eventually("the round of \(name) ends") {
          try await rounds(name, box).map { $0.endTimeMs > 0 } == [true]
        }
        let round = try await rounds(name, box)[0].backupId
        ids.insert(round)
        let restored = try await box.restore(name, id, round, as: "\(name)_again")
        #expect(try await box.restored("\(name)_again", restored.appid).get("h", "s") == name)
      }
      #expect(ids.count == 3)
    }
  }

  @Test func policiesAreCheckedAndChanged() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 1)
      let other = try await box.table("other", partitions: 1)
      #expect(
        try await policy("p", box, tables: [table.id], interval: 100).hintMessage
          == "backup interval must be larger than cold_backup_checkpoint_reserve_minutes=10")
      #expect(
        try await policy("p", box, tables: [table.id], provider: "nosuch_service").hintMessage
          == "invalid backup_provider_type: nosuch_service")
      for (name, interval, keep, start, tables) in [
        ("p", 7200, 1, "24:00", [table.id]), ("", 86400, 1, "24:00", [table.id]), ("1p", 86400, 1, "24:00", [table.id]),
        ("p-q", 86400, 1, "24:00", [table.id]), ("my_backup_info", 86400, 1, "24:00", [table.id]),
        ("p", 86400, 0, "24:00", [table.id]), ("p", 86400, 1, "25:00", [table.id]),
        ("p", 86400, 1, "24:01", [table.id]),
        ("p", 86400, 1, "noon", [table.id]), ("p", 86400, 1, "24:00", [99]), ("p", 86400, 1, "24:00", []),
      ] as [(String, Int64, Int32, String, [Int32])] {
        let answer = try await policy(name, box, tables: tables, interval: interval, keep: keep, start: start)
        #expect(answer.err == .invalidParameters && !answer.hintMessage.isEmpty, "\(name) \(interval) \(start)")
      }
      let hour = farHour
      #expect(try await policy("p", box, tables: [table.id], start: "\(hour):5").err == .ok)
      #expect(try await policy("p", box, tables: [table.id]).err == .invalidParameters)
      #expect(try await policy("never", box, tables: [table.id], interval: .max, keep: .max).err == .ok)
      try await eventually("its only round ends") {
        try await rounds("never", box).first.map { $0.endTimeMs > 0 } ?? false
      }
      box.server.runBackupPolicies(at: .max / 2)
      #expect(try await rounds("never", box).count == 1)
      let change = ConfigurationModifyBackupPolicyRequest(
        policyName: "p", addAppids: [other.id, 99], removalAppids: [table.id], newBackupIntervalSec: 5,
        backupHistoryCountToKeep: 7, isDisable: true, startTime: "nonsense")
      #expect(try await box.meta(ModifyBackupPolicy.self, change).err == .ok)
      try await box.restart()
      let seen = try await box.meta(
        QueryBackupPolicy.self, ConfigurationQueryBackupPolicyRequest(policyNames: ["p", "x"])
      ).policys
      #expect(
        seen == [
          PolicyEntry(
            policyName: "p", backupProviderType: "local_service", backupIntervalSeconds: "86400", appIds: [other.id],
            backupHistoryCountToKeep: 7, startTime: (hour < 10 ? "0" : "") + "\(hour):05", isDisable: true)
        ])
      #expect(
        try await box.meta(ModifyBackupPolicy.self, ConfigurationModifyBackupPolicyRequest(policyName: "x")).err
          == .invalidParameters)
    }
  }

  @Test func runningPolicyIsNotDisabledUnlessForced() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 4)
      for number in 0..<16 { try await table.put("h\(number)", "s", String(repeating: "v", count: 300_000)) }
      try await box.limitStorage(1)
      #expect(try await policy("p", box, tables: [table.id]).err == .ok)
      box.server.runBackupPolicies(at: unixNow * 1000)
      func disable(_ forced: Bool?) async throws -> ErrorCode {
        try await box.meta(
          ModifyBackupPolicy.self,
          ConfigurationModifyBackupPolicyRequest(policyName: "p", isDisable: true, forceDisable: forced)
        ).err
      }
      #expect(try await disable(nil) == .busy)
      #expect(try await disable(true) == .ok)
      // What has begun goes on with the next start.
      try await box.restart()
      _ = try await box.meta(
        ModifyBackupPolicy.self, ConfigurationModifyBackupPolicyRequest(policyName: "p", isDisable: false))
      try await box.restart()
      try await eventually("the round ends") { try await rounds("p", box).allSatisfy { $0.endTimeMs > 0 } }
      #expect(try await rounds("p", box).count == 1)
    }
  }
}
