import EventLoop
import PegasusProtocol
import TestSupport
import Testing

/// The onebox answers recorded requests for backups and bulk loads as a real meta server did.
@Suite struct RecordedBackupTests {
  /// Tables with the ids and names of the recording.
  @LoopActor
  private func makeTables(_ box: OneboxFixture) async throws {
    for number in 1..<10 { try await box.create("other_\(number)", partitions: 1) }
    #expect(try await box.create("live_t1", partitions: 4).appid == 10)
  }

  @LoopActor
  private func answer<M: MetaMethod>(_ method: M.Type, _ call: RecordedCall, _ box: OneboxFixture) async throws
    -> M
    .Response
  {
    try await box.meta(method, try call.argument(M.Request.self))
  }

  @Test func backups() async throws {
    try await OneboxFixture.run { box in
      try await makeTables(box)
      // Long enough a backup to be asked about.
      let table = try await box.open("live_t1")
      for number in 0..<16 { try await table.put("h\(number)", "s", String(repeating: "v", count: 300_000)) }
      try await box.limitStorage(1)
      // It may begin at any hour, but not before it has been disabled.
      let policy = ConfigurationAddBackupPolicyRequest(
        backupProviderType: "local_service", policyName: "p1", appIds: [3], backupIntervalSeconds: 86400,
        backupHistoryCountToKeep: 5, startTime: "\(farHour):0")
      #expect(try await box.meta(AddBackupPolicy.self, policy).err == .ok)
      let disabled = ConfigurationModifyBackupPolicyRequest(policyName: "p1", isDisable: true, startTime: "24:0")
      #expect(try await box.meta(ModifyBackupPolicy.self, disabled).err == .ok)
      var id: Int64 = 0
      for call in try RecordedCall.group("meta/backup") {
        switch call.rpc {
        case "RPC_CM_QUERY_BACKUP_POLICY":
          var expected = try call.result(ConfigurationQueryBackupPolicyResponse.self)
          // Its rounds are those of the recording.
          expected.backupInfos = expected.backupInfos.map { _ in [] }
          #expect(try await answer(QueryBackupPolicy.self, call, box) == expected, "\(call.name)")
        case "RPC_CM_START_BACKUP_APP":
          var seen = try await answer(StartBackupApp.self, call, box)
          let expected = try call.result(StartBackupAppResponse.self)
          #expect((seen.backupId != nil) == (expected.backupId != nil))
          if let new = seen.backupId { id = new }
          seen.backupId = expected.backupId
          #expect(seen == expected, "\(call.name)")
        case "RPC_CM_QUERY_BACKUP_STATUS":
          var request = try call.argument(QueryBackupStatusRequest.self)
          if request.backupId ?? 0 > 1 { request.backupId = id }
          let expected = try call.result(QueryBackupStatusResponse.self)
          if expected.backupItems?.first?.endTimeMs ?? 0 > 0 {
            try await eventually("it ends") { try await box.backups(10).allSatisfy { $0.endTimeMs > 0 } }
          }
          let seen = try await box.meta(QueryBackupStatus.self, request)
          #expect(seen.err == expected.err && seen.hintMessage == expected.hintMessage, "\(call.name)")
          #expect(seen.backupItems?.count == expected.backupItems?.count, "\(call.name)")
          for (mine, theirs) in zip(seen.backupItems ?? [], expected.backupItems ?? []) {
            var same = theirs
            same.backupId = id
            same.startTimeMs = id
            same.endTimeMs = theirs.endTimeMs > 0 ? mine.endTimeMs : 0
            #expect(mine == same && (mine.endTimeMs > 0) == (theirs.endTimeMs > 0), "\(call.name)")
          }
        case "RPC_CM_QUERY_RESTORE_STATUS":
          let expected = try call.result(ConfigurationQueryRestoreResponse.self)
          #expect(try await answer(QueryRestoreStatus.self, call, box) == expected, "\(call.name)")
        case "RPC_CM_START_RESTORE":
          let expected = try call.result(ConfigurationCreateAppResponse.self)
          #expect(try await answer(StartRestore.self, call, box) == expected, "\(call.name)")
        case let other: Issue.record("\(other) is not replayed")
        }
      }
      #expect(id > 0)
    }
  }

  @Test func bulkLoads() async throws {
    try await OneboxFixture.run { box in
      try await makeTables(box)
      var count = 0
      for call in try RecordedCall.group("meta/bulk_load") {
        count += 1
        switch call.rpc {
        case "RPC_CM_START_BULK_LOAD":
          let expected = try call.result(StartBulkLoadResponse.self)
          #expect(try await answer(StartBulkLoad.self, call, box) == expected, "\(call.name)")
        case "RPC_CM_QUERY_BULK_LOAD_STATUS":
          var expected = try call.result(QueryBulkLoadResponse.self)
          // Only for clients of 2.6.
          expected.hpBulkLoadStates = nil
          #expect(try await answer(QueryBulkLoadStatus.self, call, box) == expected, "\(call.name)")
        case "RPC_CM_CONTROL_BULK_LOAD":
          let expected = try call.result(ControlBulkLoadResponse.self)
          #expect(try await answer(ControlBulkLoad.self, call, box) == expected, "\(call.name)")
        case "RPC_CM_CLEAR_BULK_LOAD":
          let expected = try call.result(ClearBulkLoadStateResponse.self)
          #expect(try await answer(ClearBulkLoad.self, call, box) == expected, "\(call.name)")
        case let other: Issue.record("\(other) is not replayed")
        }
      }
      #expect(count == 13)
    }
  }
}
