import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

/// Environments that the storage acts on.
@Suite struct EnvironmentTests {
  /// What goes on with the files meanwhile ends without the cluster.
  @Test func itMayBeStoppedWhilePartitionsAreOpenedAgain() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 16)
      try await table.put("h", "s", "v")
      for _ in 0..<3 {
        for port in box.server.replicaPorts { _ = try await box.command(port, "replica.kill_partition", "\(table.id)") }
        try await box.restart()
        #expect(try await box.open("t").get("h", "s") == "v")
      }
    }
  }

  /// What every server says of a table's storage.
  @LoopActor
  private func storageEnvironments(_ box: OneboxFixture, _ table: TableFixture) async throws -> [String] {
    var lines: [String] = []
    for port in box.server.replicaPorts {
      lines += try await box.command(port, "replica.query-app-envs", "\(table.id)").split(separator: "\n").dropFirst()
        .map(String.init)
    }
    return lines
  }

  /// Writes a file of the first level, in every partition.
  @LoopActor
  private func writeFile(_ box: OneboxFixture, _ table: TableFixture, _ round: Int) async throws {
    for number in 0..<8 { try await table.put("h\(number)", "s\(round)", "v") }
    let before = try await fileCount(box)
    for port in box.server.replicaPorts { _ = try await box.command(port, "replica.trigger-checkpoint") }
    try await eventually("files are written") { try await fileCount(box) != before }
  }

  @LoopActor
  private func fileCount(_ box: OneboxFixture) async throws -> Int {
    var count = 0
    for port in box.server.replicaPorts {
      let text = try await box.get(port, "/metrics?types=replica&metrics=rdb_total_sst_files").text
      for part in text.components(separatedBy: "\"value\":").dropFirst() {
        count += Int(part.prefix { $0.isNumber }) ?? 0
      }
    }
    return count
  }

  @Test func usageScenarioReachesTheStorage() async throws {
    try await OneboxFixture.run({ $0.replicaPorts = [0] }) { box in
      #expect(
        try await box.create("t", partitions: 1, replicas: 1, environment: ["rocksdb.usage_scenario": "bulk_load"]).err
          == .ok)
      let table = try await box.open("t")
      try await eventually("it is tuned") {
        try await storageEnvironments(box, table).allSatisfy { $0.contains("usage_scenario=bulk_load") }
      }
      // More files than are otherwise left alone.
      for round in 0..<12 { try await writeFile(box, table, round) }
      #expect(try await fileCount(box) == 12)
      #expect(try await box.setEnvironment("t", "rocksdb.usage_scenario", "normal") == "")
      #expect(try await box.setEnvironment("t", "rocksdb.write_buffer_size", "33554432") == "")
      try await eventually("it is tuned anew") {
        try await storageEnvironments(box, table).allSatisfy {
          $0.contains("usage_scenario=normal,rocksdb.write_buffer_size=33554432")
        }
      }
      try await writeFile(box, table, 12)
      try await eventually("the files are merged") { try await fileCount(box) < 8 }
      #expect(try await box.setEnvironment("t", "rocksdb.usage_scenario", "prefer_write") == "")
      try await box.restart()
      let again = try await box.open("t")
      try await eventually("it is tuned after a start") {
        try await storageEnvironments(box, again).allSatisfy { $0.contains("usage_scenario=prefer_write") }
      }
      #expect(try await again.rows().count == 8 * 13)
    }
  }

  @Test func compactionFollowsAnOperatorsRules() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 2)
      for name in ["keep", "log_1", "log_2", "user"] { try await table.put(name, "s", "v") }
      let rules = """
        {"ops":[{"type":"COT_DELETE","params":"","rules":[{"type":"FRT_HASHKEY_PATTERN",\
        "params":"{\\"pattern\\":\\"log_\\",\\"match_type\\":\\"SMT_MATCH_PREFIX\\"}"}]},\
        {"type":"COT_UPDATE_TTL","params":"{\\"type\\":\\"UTOT_FROM_NOW\\",\\"value\\":5000}",\
        "rules":[{"type":"FRT_HASHKEY_PATTERN",\
        "params":"{\\"pattern\\":\\"user\\",\\"match_type\\":\\"SMT_MATCH_ANYWHERE\\"}"}]}]}
        """
      #expect(try await box.setEnvironment("t", "user_specified_compaction", rules) == "")
      let request = StartAppManualCompactRequest(appName: "t", bottommost: true)
      #expect(try await box.meta(StartManualCompact.self, request).err == .ok)
      try await eventually("it is compacted") {
        try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t")).progress == 100
      }
      #expect(try await Set(table.rows().keys) == ["keep:s", "user:s"])
      let ttl = try await table.timeToLive("user", "s").ttlSeconds
      #expect(ttl > 4900 && ttl <= 5000)
      #expect(try await table.timeToLive("keep", "s").ttlSeconds == -1)
      // Rules that cannot be followed do nothing.
      #expect(try await box.setEnvironment("t", "user_specified_compaction", "{\"ops\":[{\"type\":\"?\"}]}") == "")
      #expect(try await table.get("keep", "s") == "v")
    }
  }

  @Test func dailyCompactionRunsWhenItsTimeHasCome() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 2)
      try await table.put("h", "s", "v")
      #expect(try await box.setEnvironment("t", "manual_compact.periodic.bottommost_level_compaction", "force") == "")
      // Midnight has always come today; a time that is none is passed over.
      #expect(try await box.setEnvironment("t", "manual_compact.periodic.trigger_time", "00:00,99:99") == "")
      try await eventually("it is compacted") {
        try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t")).progress == 100
      }
      let port = table.ports[0]
      let first = try await box.command(port, "replica.query-compact", "\(table.id).0")
      // Not again today.
      #expect(try await box.setEnvironment("t", "business.info", "x") == "")
      try await loopSleep(.milliseconds(50))
      #expect(try await box.command(port, "replica.query-compact", "\(table.id).0") == first)
    }
  }

  @Test func levelsOfATableStayAsTheyWere() async throws {
    try await OneboxFixture.run { box in
      _ = try await box.create("t", partitions: 1, environment: ["rocksdb.num_levels": "10"])
      let table = try await box.open("t")
      for number in 0..<100 { try await table.put("h\(number)", "s", "v") }
      let request = StartAppManualCompactRequest(appName: "t", targetLevel: 9, bottommost: true)
      #expect(try await box.meta(StartManualCompact.self, request).err == .ok)
      try await eventually("it is compacted") {
        try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t")).progress == 100
      }
      // A change takes effect for new tables only; this one has to be opened as it is.
      #expect(try await box.setEnvironment("t", "rocksdb.num_levels", "4") == "")
      try await box.restart()
      #expect(try await box.open("t").rows().count == 100)
    }
  }
}
