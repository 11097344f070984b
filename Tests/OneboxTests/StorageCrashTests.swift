import EventLoop
import Foundation
import Glibc
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

/// The program is killed in the middle of backups, restores and bulk loads.
@Suite(.serialized) struct StorageCrashTests {
  private let directory = TemporaryDirectory("storage-crash")

  /// A fixture around the program itself.
  @LoopActor
  private final class Program {
    let directory: TemporaryDirectory
    private(set) var process: ChildProcess
    private(set) var metaPort: UInt16 = 0
    private(set) var replicaPorts: [UInt16] = []
    private let round: Int

    init(_ directory: TemporaryDirectory, round: Int) async throws {
      self.directory = directory
      self.round = round
      self.process = try Self.start(directory, round)
      try await ready()
    }

    private static func start(_ directory: TemporaryDirectory, _ round: Int) throws -> ChildProcess {
      try ChildProcess(
        BuiltPrograms.path("pegasus-onebox"),
        [
          "--data_dir", directory.file("data"), "--meta_port", "0", "--replicas=3", "--storage_round_ms", "\(round)",
          "--block_service", "local_service=\(directory.file("storage"))", "--min_free_megabytes", "0",
        ])
    }

    private func ready() async throws {
      let line = try await process.read(until: "\n")
      guard line.hasPrefix("pegasus-onebox ready: ") else { throw Unexpected(line) }
      struct Ready: Decodable {
        let meta_port: UInt16
        let replica_ports: [UInt16]
      }
      let ready = try JSONDecoder().decode(
        Ready.self, from: Data(contentsOf: URL(filePath: directory.file("data") + "/onebox.json")))
      (metaPort, replicaPorts) = (ready.meta_port, ready.replica_ports)
    }

    func killAndStart() async throws {
      process.signal(SIGKILL)
      _ = try await process.wait()
      process = try Self.start(directory, round)
      try await ready()
    }

    func stop() async throws {
      process.signal(SIGTERM)
      #expect(try await process.wait() == .code(0))
    }
  }

  private func storage(_ program: Program) async -> OneboxFixture {
    await OneboxFixture(
      metaPort: program.metaPort, replicaPorts: program.replicaPorts, storage: directory.file("storage"))
  }

  @LoopActor
  private func fill(_ box: OneboxFixture) async throws -> TableFixture {
    let table = try await box.table("t", partitions: 4)
    for number in 0..<24 { try await table.put("h\(number)", "s", String(repeating: "\(number)", count: 200_000)) }
    try await box.limitStorage(1)
    return table
  }

  /// As in real clusters nobody knows of it any more; another one is made.
  @Test func backup() async throws {
    let program = try await Program(directory, round: 100)
    var box = await storage(program)
    let table = try await fill(box)
    let lost = try #require(try await box.startBackup(table.id).backupId)
    try await eventually("files have come") {
      files(below: directory.file("storage")).contains { $0.hasSuffix(".sst") }
    }
    try await program.killAndStart()
    box = await storage(program)
    #expect(try await box.backups(table.id).isEmpty)
    #expect(!files(below: directory.file("storage")).contains("onebox/\(lost)/backup_info"))
    #expect(files(below: directory.file("data")).allSatisfy { !$0.contains("/backup/") })
    let backup = try await box.backUp(table.id)
    let restored = try await box.restore("t", table.id, backup, as: "r")
    #expect(try await box.restored("r", restored.appid).rows().count == 24)
    try await program.stop()
  }

  @Test func policyRound() async throws {
    let program = try await Program(directory, round: 100)
    var box = await storage(program)
    let table = try await fill(box)
    let policy = ConfigurationAddBackupPolicyRequest(
      backupProviderType: "local_service", policyName: "p", appIds: [table.id], backupIntervalSeconds: 86400,
      backupHistoryCountToKeep: 3, startTime: "24:00")
    #expect(try await box.meta(AddBackupPolicy.self, policy).err == .ok)
    try await eventually("files have come") {
      files(below: directory.file("storage")).contains { $0.hasSuffix(".sst") }
    }
    try await program.killAndStart()
    box = await storage(program)
    func rounds() async throws -> [BackupEntry] {
      try await box.meta(
        QueryBackupPolicy.self, ConfigurationQueryBackupPolicyRequest(policyNames: ["p"], backupInfoCount: 9)
      ).backupInfos.first ?? []
    }
    try await eventually("the same round ends") { try await rounds().map { $0.endTimeMs > 0 } == [true] }
    let restored = try await box.restore("t", table.id, try await rounds()[0].backupId, as: "r")
    #expect(try await box.restored("r", restored.appid).rows().count == 24)
    try await program.stop()
  }

  @Test func restore() async throws {
    let program = try await Program(directory, round: 100)
    var box = await storage(program)
    let table = try await box.table("t", partitions: 4)
    for number in 0..<24 { try await table.put("h\(number)", "s", String(repeating: "\(number)", count: 200_000)) }
    let backup = try await box.backUp(table.id)
    try await box.limitStorage(1)
    let answer = try await box.restore("t", table.id, backup, as: "r")
    for _ in 0..<3 {
      try await eventually("something has come") {
        try await box.restoreStatus(answer.appid).restoreProgress.contains { $0 > 0 }
      }
      try await program.killAndStart()
      box = await storage(program)
    }
    #expect(try await box.restored("r", answer.appid).rows().count == 24)
    try await program.stop()
  }

  /// In every state; then it goes on, and what the application wrote still wins.
  @Test(arguments: [BulkLoadStatus.downloading, .downloaded, .ingesting, .succeed, .paused])
  func bulkLoad(_ status: BulkLoadStatus) async throws {
    // Each state lasts a round: long enough to be seen also where something else is at work.
    let program = try await Program(directory, round: 200)
    var box = await storage(program)
    _ = try await box.create(
      "t", partitions: 4,
      environment: ["rocksdb.allow_ingest_behind": "true", "rocksdb.usage_scenario": "bulk_load"])
    let table = try await box.open("t")
    let tree = await BulkLoadWriter(storage: directory.file("storage"), table: table, name: "t")
    try tree.write(BulkLoadSetup.rows(0..<500))
    try await table.put("h1", "s", "mine")
    if status == .ingesting { try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*write") }
    #expect(try await box.startLoad("t", behind: true).err == .ok)
    if status == .paused { #expect(try await box.control("t", .pause).err == .ok) }
    try await eventually("it has come so far") { try await box.load("t").appStatus == status }
    try await program.killAndStart()
    box = await storage(program)
    if status == .paused {
      #expect(try await box.load("t").appStatus == .paused)
      #expect(try await box.control("t", .restart).err == .ok)
    }
    if status == .ingesting { try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*read") }
    #expect(try await box.loaded("t").appStatus == .succeed)
    _ = try await box.meta(
      UpdateAppEnv.self, ConfigurationUpdateAppEnvRequest(appName: "t", op: .del, keys: ["replica.deny_client_request"])
    )
    let rows = try await box.open("t").rows()
    #expect(rows.count == 500 && rows["h1:s"] == "mine" && rows["h2:s"] == "loaded2")
    // Another one can be begun and given up.
    #expect(try await box.startLoad("t").err == .ok)
    #expect(try await box.control("t", .cancel).err == .ok)
    #expect(try await box.loaded("t").appStatus == .canceled)
    try await program.stop()
  }
}
