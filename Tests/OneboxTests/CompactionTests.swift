import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

/// Manual compaction by request and by environment.
@Suite struct CompactionTests {
  @LoopActor
  private func progress(_ box: OneboxFixture) async throws -> Int32? {
    let reply = try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t"))
    return reply.err == .ok ? reply.progress : nil
  }

  @LoopActor
  private func compact(_ box: OneboxFixture, _ trigger: Int64, bottommost: Bool) async throws {
    let request = StartAppManualCompactRequest(appName: "t", triggerTime: trigger, bottommost: bottommost)
    #expect(try await box.meta(StartManualCompact.self, request).err == .ok)
    try await eventually("the replicas have ended") { try await progress(box) == 100 }
  }

  @LoopActor
  private func ends(_ box: OneboxFixture, _ table: TableFixture) async throws -> String {
    try await box.command(table.ports[0], "replica.query-compact", "\(table.id)")
  }

  /// Of the only partition.
  @LoopActor
  private func lastEnd(_ box: OneboxFixture, _ table: TableFixture) async throws -> String {
    let text = try await ends(box, table)
    let parts = text.components(separatedBy: "\"last_finish\":\"")
    return String(try #require(parts.count == 2 ? parts.last : nil).prefix { $0 != "\"" })
  }

  /// What lies in the deepest level is rewritten by force only.
  @Test func theDeepestLevelIsRewrittenByForceAlone() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      for number in 0..<100 { try await table.put("h\(number)", number < 60 ? "old" : "new", "v") }
      try await compact(box, unixNow, bottommost: true)
      let rule = #"""
        {"ops":[{"type":"COT_DELETE","params":"","rules":[{"type":"FRT_SORTKEY_PATTERN",
        "params":"{\"pattern\":\"old\",\"match_type\":\"SMT_MATCH_PREFIX\"}"}]}]}
        """#
      #expect(try await box.setEnvironment("t", "user_specified_compaction", rule) == "")
      try await compact(box, unixNow + 10, bottommost: false)
      #expect(try await table.rows().count == 100)
      try await compact(box, unixNow + 20, bottommost: true)
      #expect(try await table.rows().count == 40)
    }
  }

  @Test func aTimeThatIsNotLaterIsPassedOver() async throws {
    try await OneboxFixture.run { box in
      var table = try await box.table(partitions: 1)
      try await table.put("h", "s", "v")
      try await compact(box, unixNow, bottommost: true)
      let end = try await lastEnd(box, table)
      #expect(end.hasPrefix("20"))
      // Set by hand, and before the end of the last one, which is remembered over a start.
      for earlier: Int64 in [100, 50] {
        #expect(try await box.setEnvironment("t", "manual_compact.once.trigger_time", "\(unixNow - earlier)") == "")
        #expect(try await lastEnd(box, table) == end)
        try await box.restart()
        table = try await box.open("t")
      }
      #expect(try await lastEnd(box, table) == end)
      #expect(try await progress(box) == nil)
    }
  }

  @Test func aTableThatForbidsItIsLeftAlone() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 2)
      #expect(try await box.setEnvironment("t", "manual_compact.disabled", "true") == "")
      let refused = try await box.meta(StartManualCompact.self, StartAppManualCompactRequest(appName: "t"))
      #expect(refused.err == .operationDisabled && refused.hintMsg == "app t disable manual compaction")
      #expect(try await box.setEnvironment("t", "manual_compact.once.trigger_time", "\(unixNow)") == "")
      #expect(try await progress(box) == nil)
      #expect(try await ends(box, table).contains("\"last_finish\":\"-\""))
      // What was asked for meanwhile is done as soon as it is allowed.
      #expect(try await box.setEnvironment("t", "manual_compact.disabled", "false") == "")
      try await eventually("the replicas have ended") { try await progress(box) == 100 }
    }
  }

  @Test func notMorePartitionsAtATimeThanAskedFor() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 8)
      for number in 0..<400 { try await table.put("h\(number)", "s", String(repeating: "v", count: 2000)) }
      let request = StartAppManualCompactRequest(appName: "t", bottommost: true, maxRunningCount: 1)
      #expect(try await box.meta(StartManualCompact.self, request).err == .ok)
      var most = 0
      try await eventually("the replicas have ended") {
        let text = try await ends(box, table)
        most = max(most, text.components(separatedBy: "\"recent_start_at\":\"2").count - 1)
        return try await progress(box) == 100
      }
      #expect(most <= 1)
      let envs = try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos[0].envs
      #expect(envs["manual_compact.max_concurrent_running_count"] == "1")
      #expect(envs["manual_compact.once.bottommost_level_compaction"] == "force")
    }
  }
}
