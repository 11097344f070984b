import Bytes
import PegasusProtocol
import Testing
import Thrift

@testable import Onebox

/// Writes from another cluster.
@Suite struct DuplicateTests {
  private func put(_ key: PegasusKey, _ value: String, at microseconds: Int64, verifies: Bool = false) -> DuplicateEntry
  {
    entry(
      "RPC_RRDB_RRDB_PUT", UpdateRequest(key: key, value: bytes(value), expireTsSeconds: 0), at: microseconds,
      verifies: verifies)
  }

  private func entry(
    _ name: String, _ message: some ThriftValue, at microseconds: Int64 = 1, from cluster: Int8 = 2,
    verifies: Bool = false
  ) -> DuplicateEntry {
    var buffer = ByteBuffer()
    buffer.appendSingleField(0, message)
    return DuplicateEntry(
      timestamp: microseconds, taskCode: TaskCode(name: name), rawMessage: buffer.array(), clusterId: cluster,
      verifyTimetag: verifies)
  }

  @Test func allKindsOfWritesAreTakenInOrder() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      try await table.put("h", "old", "x")
      try await table.put("m", "a", "x")
      let key = try table.key("h", "s")
      let request = DuplicateRequest(entries: [
        put(key, "first", at: 10), put(key, "second", at: 5),
        entry(
          "RPC_RRDB_RRDB_MULTI_PUT",
          MultiPutRequest(hashKey: bytes("h"), kvs: [KeyValue(key: bytes("t"), value: bytes("v"))])),
        entry("RPC_RRDB_RRDB_REMOVE", try table.key("h", "old")),
        entry("RPC_RRDB_RRDB_MULTI_REMOVE", MultiRemoveRequest(hashKey: bytes("m"), sortKeys: [bytes("a")])),
      ])
      let response = try await table.call(Duplicate.self, request, partition: 0)
      #expect(response.error == .ok && response.errorHint == nil)
      #expect(try await table.get("h", "s") == "second")
      #expect(try await table.get("h", "t") == "v")
      #expect(try await table.get("h", "old") == nil)
      #expect(try await table.get("m", "a") == nil)
    }
  }

  @Test func oneRequestIsOneCommit() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      let counters = try #require(box.server.cluster?.partition(GPID(appID: table.id, partitionIndex: 0))).counters
      let before = counters.commits
      let entries = try (0..<300).map { put(try table.key("h\($0)", "s"), "v", at: 9) }
      #expect(try await table.call(Duplicate.self, DuplicateRequest(entries: entries), partition: 0).error == .ok)
      #expect(counters.commits == before + 1)
      #expect(counters.dup == 300)
      #expect(try await table.get("h299", "s") == "v")
    }
  }

  @Test func aNewerRowIsKeptOnlyWhenThatIsAskedFor() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      let key = try table.key("h", "s")
      try await table.put("h", "s", "mine")
      func send(_ entries: DuplicateEntry...) async throws {
        let response = try await table.call(Duplicate.self, DuplicateRequest(entries: entries), partition: 0)
        #expect(response.error == .ok)
      }
      try await send(put(key, "older", at: 1000, verifies: true))
      #expect(try await table.get("h", "s") == "mine")
      try await send(put(key, "forced", at: 1000))
      #expect(try await table.get("h", "s") == "forced")
      // The same time tag again, and an older one behind a newer one of the same request.
      try await send(put(key, "again", at: 1000, verifies: true))
      #expect(try await table.get("h", "s") == "forced")
      try await send(put(key, "new", at: 3000, verifies: true), put(key, "late", at: 2000, verifies: true))
      #expect(try await table.get("h", "s") == "new")
      // A row that has expired is no row.
      try await table.put("h", "s", "gone", expiry: 1)
      try await send(put(key, "revived", at: 4000, verifies: true))
      #expect(try await table.get("h", "s") == "revived")
    }
  }

  @Test func refusalsNameTheirReasonAndKeepWhatCameBefore() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      for (entry, hint) in [
        (entry("RPC_RRDB_RRDB_PUT", UpdateRequest(), from: 1), "self-duplicating"),
        (entry("RPC_RRDB_RRDB_PUT", UpdateRequest(), from: 3), "request cluster id is unconfigured"),
        (entry("RPC_RRDB_RRDB_INCR", UpdateRequest()), "unrecognized task code RPC_RRDB_RRDB_INCR"),
      ] {
        let request = DuplicateRequest(entries: [put(try table.key("h", hint), "v", at: 1), entry])
        let response = try await table.call(Duplicate.self, request, partition: 0)
        #expect(response.error == .invalidArgument && response.errorHint == hint)
        #expect(try await table.get("h", hint) == "v")
      }
      var broken = put(try table.key("h", "s"), "v", at: 1)
      broken.rawMessage?.removeLast(12)
      let response = try await table.call(Duplicate.self, DuplicateRequest(entries: [broken]), partition: 0)
      #expect(response.error == .invalidArgument)
    }
  }

  @Test func theMetaServerSaysWhoIsInTheGroup() async throws {
    try await OneboxFixture.run({
      $0.clusterName = "here"
      $0.duplicationGroup = ["here": 1, "there": 2]
    }) { box in
      func add(_ remote: String, _ table: String = "none") async throws -> DuplicationAddResponse {
        try await box.meta(AddDuplication.self, DuplicationAddRequest(appName: table, remoteClusterName: remote))
      }
      #expect(try await add("here").hint == "illegal operation: adding duplication to itself")
      #expect(try await add("mars").err == .invalidParameters)
      #expect(try await add("there").err == .appNotExist)
      try await box.create("t")
      #expect(try await add("there", "t").err == .operationDisabled)
    }
  }

  @Test func theGroupGivesTheNumber() throws {
    func options(_ words: String...) throws -> OneboxOptions {
      guard case .run(let options) = try OneboxArguments.parse(["--data_dir", "x"] + words) else {
        throw Unexpected("no options")
      }
      return options
    }
    let named = try options("--cluster_name", "b", "--duplication_group", "a=4,b=7,9")
    #expect(named.clusterID == 7)
    #expect(named.duplicationGroup == ["a": 4, "b": 7, "9": 9])
    #expect(try options("--cluster_name", "x").clusterID == 1)
    #expect(try options("--cluster_name", "b", "--duplication_group", "b=7", "--cluster_id", "3").clusterID == 3)
  }
}
