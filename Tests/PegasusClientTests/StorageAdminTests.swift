import EventLoop
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

@testable import PegasusClient

/// Requests for backups, restores and bulk loads, against the embedded cluster.
@Suite struct StorageAdminTests {
  /// A cluster with a client, for one test.
  @LoopActor
  private func withCluster(
    _ change: (inout OneboxOptions) -> Void = { _ in }, _ body: @LoopActor (ClusterClient) async throws -> Void
  ) async throws {
    let directory = TemporaryDirectory("storage-admin")
    var options = OneboxOptions(dataDirectory: directory.file("data"))
    (options.metaPort, options.replicaPorts, options.minimumFreeBytes) = (0, [0, 0], 0)
    options.storageRound = .milliseconds(200)
    options.blockServices["real"] = RealStorage.bulkLoad
    change(&options)
    let server = OneboxServer(options: options)
    try await server.start()
    let client = ClusterClient(
      name: "c", metaServers: [NodeAddress(host: "127.0.0.1", port: server.metaPort)])
    do {
      try await body(client)
    } catch {
      await server.stop()
      throw error
    }
    client.close()
    await server.stop()
  }

  /// The code that a call is refused with.
  private func refusal(_ call: () async throws -> Void) async throws -> ErrorCode? {
    do {
      try await call()
      return nil
    } catch let error as ClientError {
      return error.code
    }
  }

  @Test func backupAndRestore() async throws {
    try await withCluster { cluster in
      let id = try await cluster.createTable("t", partitionCount: 2, replicaCount: 2)
      let key = try PegasusKey(hashKey: [1], sortKey: [2])
      _ = try await cluster.table("t").set(key, value: [3])
      #expect(try await cluster.backups(ofTable: id).isEmpty)
      let backup = try await cluster.startBackup(tableID: id, provider: "local_service", path: "/a/b")
      #expect(backup.id > 0 && backup.hint.hasPrefix("Backup succeed"))
      try await eventually("it ends") { try await cluster.backups(ofTable: id, id: backup.id)[0].endTimeMs > 0 }
      #expect(try await cluster.backups(ofTable: id, id: 1).isEmpty)
      #expect(try await refusal { _ = try await cluster.startBackup(tableID: 99, provider: "x") } == .appNotExist)
      #expect(try await refusal { _ = try await cluster.backups(ofTable: 99) } == .appNotExist)
      let request = ConfigurationRestoreRequest(
        clusterName: "onebox", timeStamp: backup.id, appName: "t", appId: id, newAppName: "r",
        backupProviderName: "local_service", restorePath: "/a/b")
      let restored = try await cluster.startRestore(request)
      try await eventually("it is restored") {
        guard try await cluster.restoreStatus(tableID: restored).isComplete else { return false }
        return try await cluster.readiness(table: "r", replicaCount: 2).isComplete
      }
      #expect(try await cluster.restoreStatus(tableID: restored).fraction == 1)
      #expect(try await cluster.table("r").get(key).value == [3])
      #expect(try await refusal { _ = try await cluster.startRestore(request) } == .invalidParameters)
      #expect(try await refusal { _ = try await cluster.restoreStatus(tableID: 99) } == .appNotExist)
    }
  }

  @Test func policies() async throws {
    try await withCluster { cluster in
      let id = try await cluster.createTable("t", partitionCount: 1, replicaCount: 1)
      #expect(try await cluster.backupPolicies().isEmpty)
      try await cluster.addBackupPolicy(
        ConfigurationAddBackupPolicyRequest(
          backupProviderType: "local_service", policyName: "p", appIds: [id], backupIntervalSeconds: 86400,
          backupHistoryCountToKeep: 2, startTime: "24:00"))
      try await eventually("its round ends") {
        try await cluster.backupPolicies(["p"], backupCount: 5)[0].backups.first.map { $0.endTimeMs > 0 } ?? false
      }
      try await cluster.modifyBackupPolicy(
        ConfigurationModifyBackupPolicyRequest(policyName: "p", isDisable: true))
      let seen = try await cluster.backupPolicies()
      #expect(seen.count == 1 && seen[0].policy.isDisable && seen[0].backups.isEmpty)
      #expect(try await refusal { _ = try await cluster.backupPolicies(["x"]) } == .invalidParameters)
    }
  }

  /// A service that is turned off is told at once, not waited for.
  @Test func disabledServiceIsTold() async throws {
    try await withCluster({ $0.disablesColdBackup = true }) { cluster in
      let id = try await cluster.createTable("t", partitionCount: 1, replicaCount: 1)
      let start = Monotonic.now()
      #expect(
        try await refusal { _ = try await cluster.startBackup(tableID: id, provider: "local_service") }
          == .serviceNotActive)
      #expect(try await refusal { _ = try await cluster.backupPolicies() } == .serviceNotActive)
      #expect(Monotonic.now() - start < .seconds(5))
    }
  }

  @Test func bulkLoad() async throws {
    try await withCluster { cluster in
      for number in 1..<7 {
        _ = try await cluster.createTable("other_\(number)", partitionCount: 1, replicaCount: 1)
      }
      _ = try await cluster.createTable("bl", partitionCount: 4, replicaCount: 2)
      #expect(try await cluster.bulkLoadStatus(table: "bl").appStatus == .invalid)
      #expect(try await refusal { _ = try await cluster.bulkLoadStatus(table: "x") } == .appNotExist)
      #expect(try await refusal { try await cluster.controlBulkLoad(.pause, table: "bl") } == .inactiveState)
      let request = StartBulkLoadRequest(
        appName: "bl", clusterName: "onebox", fileProviderType: "real", remoteRootPath: "")
      // It does not end before it is paused.
      let (servers, limit) = (
        try await cluster.listNodes(status: .alive), "replica.max-concurrent-bulk-load-downloading-count"
      )
      for server in servers { _ = try await cluster.remoteCommand(limit, ["0"], at: server.address) }
      try await cluster.startBulkLoad(request)
      #expect(try await refusal { try await cluster.startBulkLoad(request) } == .busy)
      #expect(try await refusal { try await cluster.clearBulkLoad(table: "bl") } == .invalidState)
      try await cluster.controlBulkLoad(.pause, table: "bl")
      try await eventually("it is paused") { try await cluster.bulkLoadStatus(table: "bl").appStatus == .paused }
      for server in servers { _ = try await cluster.remoteCommand(limit, ["DEFAULT"], at: server.address) }
      try await cluster.controlBulkLoad(.restart, table: "bl")
      try await eventually("it ends") { try await cluster.bulkLoadStatus(table: "bl").isBulkLoading == false }
      #expect(try await cluster.bulkLoadStatus(table: "bl").appStatus == .succeed)
      #expect(try await cluster.clearBulkLoad(table: "bl").contains("succeed"))
    }
  }
}
