import EventLoop
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

@Suite struct DataTests {
  @Test func rowsExpire() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table()
      try await table.put("h", "for ever", "v")
      try await table.put("h", "later", "v", expiry: epochNow + 100)
      try await table.put("h", "soon", "v", expiry: epochNow + 1)
      try await table.put("h", "past", "v", expiry: 1)
      #expect(try await table.timeToLive("h", "for ever").ttlSeconds == -1)
      #expect((95...100).contains(try await table.timeToLive("h", "later").ttlSeconds))
      #expect(try await table.get("h", "past") == nil)
      try await eventually("the row is gone") { try await table.get("h", "soon") == nil }
      #expect(try await table.timeToLive("h", "soon").error == .notFound)
      let rows = try await table.call(MultiGet.self, MultiGetRequest(hashKey: bytes("h")), of: "h")
      #expect(rows.kvs.map { text($0.key) } == ["for ever", "later"])
      let count = try await table.call(SortkeyCount.self, HashKeyRequest(hashKey: bytes("h")), of: "h")
      #expect(count.count == 2)
    }
  }

  @Test func defaultTTLIsGivenToNewRows() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table()
      try await table.put("h", "before", "v")
      #expect(try await box.setEnvironment("t", "default_ttl", "100") == "")
      try await table.put("h", "after", "v")
      try await table.put("h", "own", "v", expiry: epochNow + 1000)
      #expect(try await table.timeToLive("h", "before").ttlSeconds == -1)
      #expect((95...100).contains(try await table.timeToLive("h", "after").ttlSeconds))
      #expect(try await table.timeToLive("h", "own").ttlSeconds > 900)
    }
  }

  @Test func compactionDropsExpiredRows() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      for number in 0..<100 { try await table.put("h", "\(number)", "v", expiry: number < 60 ? 1 : 0) }
      func progress() async throws -> QueryAppManualCompactResponse {
        try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t"))
      }
      #expect(try await progress().err == .invalidState)
      #expect(try await progress().hintMsg == "app t is not manual compaction")
      func start(_ request: StartAppManualCompactRequest) async throws -> StartAppManualCompactResponse {
        try await box.meta(StartManualCompact.self, request)
      }
      #expect(
        try await start(.init(appName: "t", targetLevel: -2)).hintMsg
          == "invalid target_level(-2), should in range of [-1, num_levels]")
      #expect(
        try await start(.init(appName: "t", maxRunningCount: -1)).hintMsg
          == "invalid max_running_count(-1), should be greater than 0")
      #expect(try await start(.init(appName: "t", bottommost: true)).hintMsg == "succeed")
      try await eventually("compaction is over") { try await progress().progress == 100 }
      let port = table.ports[0]
      let metrics = try await HTTPGet.fetch(
        NodeAddress(host: "127.0.0.1", port: port), path: "/metrics?types=replica&metrics=rdb_estimated_keys")
      #expect(metrics.text.contains("\"name\":\"rdb_estimated_keys\",\"value\":40"))
      let answer = try await box.command(port, "replica.query-compact", "1")
      #expect(answer.hasPrefix("1 processed, 0 not found\n    1.0@127.0.0.1:\(port)@P : {\"last_finish\":\"20"))
    }
  }

  @Test func clientReadsWhatItHasWrittenInTheSameTurn() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      // All requests leave in one write and are read in one turn.
      let seen = try await concurrently(200) { number in
        if number.isMultiple(of: 2) {
          try await table.put("h", "s", "\(number)")
          return true
        }
        return try await table.get("h", "s") == "\(number - 1)"
      }
      #expect(seen.allSatisfy { $0 })
    }
  }

  @Test func writesOfOneTurnAreOneCommit() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      try await table.put("h", "first", "v")
      let decrees = try await concurrently(500) { try await table.put("h", "\($0)", "v").decree }
      #expect(Set(decrees) == Set(2...501))
      let metrics = try await HTTPGet.fetch(
        NodeAddress(host: "127.0.0.1", port: table.ports[0]), path: "/metrics?metrics=committed_requests,put_requests")
      #expect(metrics.text.contains("\"put_requests\",\"value\":501"))
      let commits = metrics.text.split(separator: "\"committed_requests\",\"value\":").last?.prefix { $0.isNumber }
      #expect(try #require(commits.flatMap { Int($0) }) < 50)
    }
  }

  @Test func requestsToTheWrongServerAreRefused() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 3)
      let key = try table.key("h", "s")
      let index = table.partition(of: key)
      let other = try #require(box.server.replicaPorts.first { $0 != table.ports[Int(index)] })
      let header = try PartitionHeader.partition(GPID(appID: 1, partitionIndex: index), timeoutMilliseconds: 1000)
      func refusal(_ port: UInt16, _ gpid: GPID) async throws -> ErrorCode? {
        do {
          _ = try await box.client(port).call(
            Get.self, key, header: .partition(gpid, timeoutMilliseconds: 1000), timeout: .seconds(10))
          return nil
        } catch RPCError.server(let code, _, _) {
          return code
        }
      }
      #expect(try await refusal(other, header.gpid) == .invalidState)
      #expect(try await refusal(other, GPID(appID: 1, partitionIndex: 77)) == .objectNotFound)
      #expect(try await refusal(other, GPID(appID: 99, partitionIndex: 0)) == .objectNotFound)
      _ = try await box.meta(
        SetMaxReplicaCount.self, ConfigurationSetMaxReplicaCountRequest(appName: "t", maxReplicaCount: 1))
      #expect(try await refusal(other, header.gpid) == .objectNotFound)
    }
  }

  @Test func deniedRequests() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      try await table.put("h", "s", "v")
      try await box.setEnvironment("t", "replica.deny_client_request", "reconfig*write")
      await #expect(throws: RPCErrorMatcher(code: .invalidState)) {
        try await RPCErrorMatcher.of { try await table.put("h", "s", "w") }
      }
      #expect(try await table.get("h", "s") == "v")
      try await box.setEnvironment("t", "replica.deny_client_request", "timeout*read")
      try await table.put("h", "s", "w")
      await #expect(throws: RPCError.self) {
        try await box.client(table.ports[0]).call(
          Get.self, try table.key("h", "s"),
          header: .partition(GPID(appID: 1, partitionIndex: 0), timeoutMilliseconds: 100),
          timeout: .milliseconds(150))
      }
    }
  }

  @Test func throttledWritesAreDelayedAndRejected() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      try await box.setEnvironment("t", "replica.write_throttling", "20*reject*1")
      func burst() async throws -> (taken: Int, busy: Int) {
        let taken = try await concurrently(100) { number in
          do {
            try await table.put("h", "\(number)", "v")
            return true
          } catch RPCError.server(.busy, _, _) {
            return false
          }
        }.count { $0 }
        return (taken, 100 - taken)
      }
      let rejected = try await burst()
      // A second may begin in the middle.
      #expect((21...42).contains(rejected.taken) && rejected.taken + rejected.busy == 100)
      try await box.setEnvironment("t", "replica.write_throttling", "20*delay*200")
      let start = Monotonic.now()
      let delayed = try await burst()
      #expect(delayed.taken == 100)
      #expect(Monotonic.now() - start >= .milliseconds(200))
      try await box.setEnvironment("t", "replica.read_throttling", "5*reject*1")
      let busy = try await concurrently(30) { _ in
        do {
          return try await table.get("h", "1") == nil
        } catch RPCError.server(.busy, _, _) {
          return true
        }
      }.count { $0 }
      #expect(busy >= 15)
    }
  }

  @Test func scanContextsExpireAndDieWithTheirTable() async throws {
    try await OneboxFixture.run({ $0.scanContextLifetime = .seconds(1) }) { box in
      let table = try await box.table(partitions: 1)
      for number in 0..<10 { try await table.put("h", "\(number)", "v") }
      let first = try await table.call(GetScanner.self, .fullScan(batchSize: 3), partition: 0)
      #expect(first.kvs.count == 3 && first.contextId != -1 && first.contextId != 0)
      #expect(first.kvs.allSatisfy { $0.expireTsSeconds == 0 })
      let second = try await table.call(Scan.self, ScanRequest(contextId: first.contextId), partition: 0)
      #expect(second.contextId == first.contextId + 1)
      // One second of life, looked at once a second.
      try await loopSleep(.milliseconds(2300))
      let late = try await table.call(Scan.self, ScanRequest(contextId: second.contextId), partition: 0)
      #expect(late.error == .notFound && late.contextId == 0)
    }
  }

  @Test func scanSeesTheRowsOfItsBeginning() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      for number in 0..<4 { try await table.put("h", "\(number)", "v") }
      let first = try await table.call(GetScanner.self, .fullScan(batchSize: 2), partition: 0)
      try await table.put("h", "25", "new")
      let key = try table.key("h", "3")
      _ = try await table.call(Remove.self, key, partition: 0)
      let second = try await table.call(Scan.self, ScanRequest(contextId: first.contextId), partition: 0)
      #expect(second.contextId == -1)
      #expect((first.kvs + second.kvs).map { text(Array($0.key.dropFirst(3))) } == ["0", "1", "2", "3"])
    }
  }

  @Test func foreignRowsAreLeftOutWhenHashesAreValidated() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 2)
      // "h" belongs to one of them; it is stored in both.
      for index in 0..<2 as Range<Int32> {
        _ = try await table.call(Put.self, UpdateRequest(key: try table.key("h", "s")), partition: index)
      }
      func rows() async throws -> Int {
        var count = 0
        for index in 0..<2 as Range<Int32> {
          count += try await table.call(GetScanner.self, .fullScan(), partition: index).kvs.count
        }
        return count
      }
      #expect(try await rows() == 2)
      try await box.setEnvironment("t", "replica.split.validate_partition_hash", "true")
      #expect(try await rows() == 1)
      let wrong = 1 - table.partition(of: try table.key("h", "s"))
      await #expect(throws: RPCErrorMatcher(code: .parentPartitionMisused)) {
        try await RPCErrorMatcher.of {
          try await table.call(Get.self, try table.key("h", "s"), partition: wrong)
        }
      }
    }
  }

  @Test func longReadsAreCut() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      var request = MultiPutRequest(hashKey: bytes("h"))
      request.kvs = (0..<3500).map { KeyValue(key: bytes(String($0 + 10000)), value: bytes("v")) }
      #expect(try await table.call(MultiPut.self, request, partition: 0).error == .ok)
      let cut = try await table.call(MultiGet.self, MultiGetRequest(hashKey: bytes("h")), partition: 0)
      #expect(cut.error == .incomplete && cut.kvs.count == 3000)
      var rest = MultiGetRequest(hashKey: bytes("h"), startSortkey: cut.kvs[2999].key)
      rest.startInclusive = false
      let last = try await table.call(MultiGet.self, rest, partition: 0)
      #expect(last.error == .ok && last.kvs.count == 500)
      let scan = try await table.call(GetScanner.self, .fullScan(batchSize: 100_000), partition: 0)
      #expect(scan.kvs.count == 1000)
      let count = try await table.call(SortkeyCount.self, HashKeyRequest(hashKey: bytes("h")), partition: 0)
      #expect(count.count == 3500)
    }
  }
}
