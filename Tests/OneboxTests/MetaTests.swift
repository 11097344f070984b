import EventLoop
import Onebox
import PegasusProtocol
import RPC
import Testing

@Suite struct MetaTests {
  @Test func createdTableIsHealthyAtOnce() async throws {
    try await OneboxFixture.run { box in
      #expect(try await box.create("t", partitions: 5) == ConfigurationCreateAppResponse(err: .ok, appid: 1))
      let routing = try await box.meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: "t"))
      #expect(routing.err == .ok && routing.partitionCount == 5 && routing.isStateful)
      #expect(routing.partitions.map(\.pid.partitionIndex) == [0, 1, 2, 3, 4])
      #expect(Set(routing.partitions.map(\.primary.port)) == Set(box.server.replicaPorts))
      for partition in routing.partitions {
        #expect(partition.ballot > 0 && partition.maxReplicaCount == 3 && partition.secondaries.count == 2)
        #expect(!partition.secondaries.contains(partition.primary))
        // Clients up to 2.5 cannot skip these.
        #expect(partition.hpPrimary == nil && partition.hpSecondaries == nil && partition.hpLastDrops == nil)
      }
      let some = try await box.meta(
        QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: "t", partitionIndices: [1, 99, -1]))
      #expect(some.partitions.map(\.pid.partitionIndex) == [1] && some.partitionCount == 5)
      let missing = try await box.meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: "x"))
      #expect(missing == QueryCfgResponse(err: .objectNotFound))
    }
  }

  @Test func hostPortsAreSentWhenAskedFor() async throws {
    try await OneboxFixture.run({
      $0.sendsHostPorts = true
      $0.hostName = "localhost"
    }) { box in
      try await box.create("t", partitions: 1)
      let partition = try await box.meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: "t")).partitions[0]
      #expect(partition.hpPrimary == HostPort(host: "localhost", port: partition.primary.port))
      #expect(partition.hpSecondaries?.count == 2 && partition.hpLastDrops == [])
      let nodes = try await box.meta(ListNodes.self, ConfigurationListNodesRequest())
      #expect(nodes.infos.allSatisfy { $0.hpNode?.host == "localhost" })
    }
  }

  @Test func badTablesAreRefused() async throws {
    try await OneboxFixture.run { box in
      try await box.create("t")
      #expect(try await box.create("t").err == .appExist)
      #expect(try await box.create("t", successIfExist: true) == ConfigurationCreateAppResponse(err: .ok, appid: 1))
      #expect(try await box.create("t", partitions: 8, successIfExist: true).err == .invalidParameters)
      #expect(
        try await box.create("t", environment: ["business.info": "x"], successIfExist: true).err == .invalidParameters)
      for count in [0, -4, 1_000_000] as [Int32] {
        #expect(try await box.create("u", partitions: count).err == .invalidParameters)
      }
      for count in [0, 4] as [Int32] {
        #expect(try await box.create("u", replicas: count).err == .invalidParameters)
      }
      #expect(
        try await box.create("u", environment: ["rocksdb.write_buffer_size": "1"]).err == .invalidParameters)
      // Kills the replica servers of a real cluster.
      #expect(try await box.create("u", environment: ["default_ttl": "86400", "no.such.env": "1"]).err == .ok)
      let table = try await box.open("u")
      try await table.put("h", "s", "v")
      #expect(try await table.timeToLive("h", "s").ttlSeconds > 86000)
    }
  }

  @Test func dropRecallRename() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t")
      try await table.put("h", "s", "v")
      let hint = try await box.meta(
        RenameApp.self, ConfigurationRenameAppRequest(oldAppName: "x", newAppName: "y"))
      #expect(hint.err == .appNotExist && hint.hintMessage == "ERROR: app(x) not exist!")
      let same = try await box.meta(
        RenameApp.self, ConfigurationRenameAppRequest(oldAppName: "t", newAppName: "t"))
      #expect(same.err == .invalidParameters && same.hintMessage == "ERROR: app(t) already exist!")
      #expect(
        try await box.meta(RenameApp.self, ConfigurationRenameAppRequest(oldAppName: "t", newAppName: "n")).err == .ok)
      #expect(try await box.open("n").get("h", "s") == "v")

      func drop(_ name: String, _ options: DropAppOptions = .init()) async throws -> ErrorCode {
        try await box.meta(DropApp.self, ConfigurationDropAppRequest(appName: name, options: options)).err
      }
      #expect(try await drop("t") == .appNotExist)
      #expect(try await drop("t", DropAppOptions(successIfNotExist: true)) == .ok)
      #expect(try await drop("n", DropAppOptions(reserveSeconds: 3600)) == .ok)
      await #expect(throws: (any Error).self) { try await table.get("h", "s") }
      let listed = try await box.meta(ListApps.self, ConfigurationListAppsRequest(status: .dropped)).infos
      #expect(listed.map(\.appName) == ["n"] && listed[0].expireSecond - listed[0].dropSecond == 3600)

      func recall(_ id: Int32, _ name: String) async throws -> ConfigurationRecallAppResponse {
        try await box.meta(RecallApp.self, ConfigurationRecallAppRequest(appId: id, newAppName: name))
      }
      #expect(try await recall(99, "") == ConfigurationRecallAppResponse(err: .appNotExist))
      try await box.create("n")
      #expect(try await recall(1, "").err == .invalidParameters)
      let recalled = try await recall(1, "again")
      #expect(recalled.err == .ok && recalled.info.appName == "again" && recalled.info.status == .available)
      #expect(try await recall(1, "").err == .appExist)
      #expect(try await box.open("again").get("h", "s") == "v")
    }
  }

  @Test func listingFilters() async throws {
    try await OneboxFixture.run { box in
      for name in ["user_a", "user_b", "other_a"] { try await box.create(name, partitions: 1) }
      func list(_ pattern: String?, _ kind: PatternMatchType?) async throws -> ConfigurationListAppsResponse {
        try await box.meta(
          ListApps.self,
          ConfigurationListAppsRequest(status: .available, appNamePattern: pattern, matchType: kind))
      }
      #expect(try await list("user_", .matchPrefix).infos.map(\.appName) == ["user_a", "user_b"])
      #expect(try await list("_a", .matchPostfix).infos.map(\.appName) == ["user_a", "other_a"])
      #expect(try await list("er_", .matchAnywhere).infos.count == 3)
      #expect(try await list("user_b", .matchExact).infos.map(\.appName) == ["user_b"])
      #expect(try await list("user_b", nil).infos.count == 3)
      let refused = try await list("x", .matchRegex)
      #expect(refused.err == .notImplemented)
      #expect(refused.hintMessage == "match_type is not supported: val=6, str=regex")
      let nodes = try await box.meta(ListNodes.self, ConfigurationListNodesRequest())
      #expect(nodes.infos.map(\.node.port) == box.server.replicaPorts)
      #expect(nodes.infos.allSatisfy { $0.status == .alive && $0.hpNode == nil })
      #expect(try await box.meta(ListNodes.self, ConfigurationListNodesRequest(status: .unalive)).infos.isEmpty)
      let info = try await box.meta(ClusterInfo.self, ConfigurationClusterInfoRequest())
      #expect(info.keys.count == 9 && info.values.count == 9)
      #expect(info.keys.first == "meta_servers" && info.keys.last == "cluster_name")
      #expect(info.values[4] == "steady" && info.values[8] == "onebox")
    }
  }

  @Test func environmentsAreCheckedAndKept() async throws {
    try await OneboxFixture.run { box in
      try await box.create("t", partitions: 1)
      for (key, value, hint) in environmentComplaints {
        #expect(try await box.setEnvironment("t", key, value) == hint, "\(key)=\(value)")
      }
      #expect(try await box.setEnvironment("t", "business.info", "hello") == "")
      #expect(try await box.setEnvironment("x", "business.info", "hello") == "app cannot be found")
      func change(_ request: ConfigurationUpdateAppEnvRequest) async throws -> ConfigurationUpdateAppEnvResponse {
        try await box.meta(UpdateAppEnv.self, request)
      }
      let half = try await change(
        .init(appName: "t", op: .set, keys: ["business.info", "default_ttl"], values: ["changed", "abc"]))
      #expect(half.err == .invalidParameters)
      #expect(
        try await change(.init(appName: "t", op: .set, keys: ["default_ttl"], values: [])).err == .invalidParameters)
      #expect(try await change(.init(appName: "t", op: .clear)).err == .invalidParameters)
      try await box.restart()
      let envs = try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos[0].envs
      #expect(envs == ["business.info": "hello"])
      #expect(
        try await change(.init(appName: "t", op: .del, keys: ["business.info", "no"])).hintMessage
          == "deleted keys:\n    business.info")
      #expect(
        try await change(.init(appName: "t", op: .del, keys: ["no"])).hintMessage == "no key needs to be deleted")
      try await box.setEnvironment("t", "manual_compact.disabled", "false")
      try await box.setEnvironment("t", "default_ttl", "5")
      #expect(
        try await change(.init(appName: "t", op: .clear, clearPrefix: "manual_compact")).hintMessage
          == "deleted keys:\n    manual_compact.disabled")
      #expect(
        try await change(.init(appName: "t", op: .clear, clearPrefix: "")).hintMessage
          == "deleted keys:\n    default_ttl")
    }
  }

  @Test func propertiesAndLevel() async throws {
    try await OneboxFixture.run { box in
      try await box.create("t", partitions: 1)
      func set(_ name: String, _ count: Int32) async throws -> ConfigurationSetMaxReplicaCountResponse {
        try await box.meta(
          SetMaxReplicaCount.self, ConfigurationSetMaxReplicaCountRequest(appName: name, maxReplicaCount: count))
      }
      #expect(try await set("t", 3).hintMessage == "no need to update max_replica_count since it's not changed")
      #expect(
        try await set("t", 9)
          == ConfigurationSetMaxReplicaCountResponse(
            err: .invalidParameters, oldMaxReplicaCount: 3,
            hintMessage: "requested replica count(9) must be within the range of [min=1, max=5]"))
      #expect(try await set("x", 2).hintMessage == "app(x) does not exist")
      #expect(try await set("t", 2) == ConfigurationSetMaxReplicaCountResponse(err: .ok, oldMaxReplicaCount: 3))
      let routing = try await box.meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: "t"))
      #expect(routing.partitions[0].secondaries.count == 1)

      func level(_ level: MetaFunctionLevel) async throws -> MetaFunctionLevel {
        try await box.meta(ControlMeta.self, ConfigurationMetaControlRequest(level: level)).oldLevel
      }
      #expect(try await level(.invalid) == .steady)
      #expect(try await level(.freezed) == .steady)
      #expect(try await box.create("u").err == .stateFreezed)
      #expect(try await level(.lively) == .freezed)
      #expect(try await box.create("u").err == .ok)
    }
  }

  @Test func unservedRequestsAreRefused() async throws {
    try await OneboxFixture.run { box in
      await #expect(throws: RPCErrorMatcher.handlerNotFound) {
        try await RPCErrorMatcher.of { try await box.meta(StartPartitionSplit.self, StartPartitionSplitRequest()) }
      }
      // A meta request at a replica server.
      await #expect(throws: RPCErrorMatcher.handlerNotFound) {
        try await RPCErrorMatcher.of {
          try await box.client(box.server.replicaPorts[0]).call(
            ListNodes.self, ConfigurationListNodesRequest(), header: .server(timeoutMilliseconds: 1000),
            timeout: .seconds(10))
        }
      }
    }
  }

  @Test func tablesSurviveARestart() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 3)
      for number in 0..<20 { try await table.put("h\(number)", "s", "v\(number)") }
      try await box.create("dropped", partitions: 1)
      _ = try await box.meta(
        DropApp.self, ConfigurationDropAppRequest(appName: "dropped", options: DropAppOptions()))
      try await box.restart()
      let again = try await box.open("t")
      for number in 0..<20 { #expect(try await again.get("h\(number)", "s") == "v\(number)") }
      #expect(try await box.create("new").appid == 3)
      #expect(
        try await box.meta(ListApps.self, ConfigurationListAppsRequest()).infos.map(\.appName) == [
          "t", "dropped", "new",
        ])
    }
  }
}

/// What real servers answered to environments they did not take.
private let environmentComplaints: [(String, String, String)] = [
  ("no.such.env", "1", "app_env 'no.such.env' is not supported"),
  ("default_ttl", "abc", "invalid value 'abc', should be an 32 bits integer"),
  ("default_ttl", "-1", "invalid value '-1', should be '>= 0'"),
  ("default_ttl", "", "invalid value '', should be an 32 bits integer"),
  ("default_ttl", "4294967296", "invalid value '4294967296', should be an 32 bits integer"),
  ("rocksdb.usage_scenario", "fast", "bulk_load | normal | prefer_write"),
  (
    "rocksdb.write_buffer_size", "1048576",
    "invalid value '1048576', should be 'In range [16777216, 536870912]'"
  ),
  ("rocksdb.num_levels", "11", "invalid value '11', should be 'In range [1, 10]'"),
  ("rocksdb.num_levels", "x", "invalid value 'x', should be an 64 bits integer"),
  ("replica.slow_query_threshold", "10", "invalid value '10', should be '>= 20'"),
  ("replica.write_throttling", "1000", "The field count of '1000' separated by '*' must be 3"),
  ("replica.write_throttling", "100*foo*1", "'foo' should be 'delay' or 'reject'"),
  ("replica.write_throttling", "x*delay*100", "'x' should be an unsigned integer"),
  ("replica.write_throttling", "10000*delay*100,20000*reject*100,1*delay*1", "duplicate 'delay' config"),
  ("replica.read_throttling_by_size", "abc", "The field count of 'abc' separated by '*' must be 3"),
  ("replica.read_throttling_by_size", "20000*pause*100", "'pause' should be 'delay' or 'reject'"),
  (
    "replica.deny_client_request", "foo",
    "Invalid deny client args, valid include: timeout*all, timeout*write, timeout*read; "
      + "reconfig*all, reconfig*write, reconfig*read"
  ),
  ("replica.rocksdb_block_cache_enabled", "maybe", "invalid value 'maybe', should be a boolean"),
  ("manual_compact.once.bottommost_level_compaction", "maybe", "force | skip"),
  ("manual_compact.once.target_level", "0", "invalid value '0', should be '-1 or >= 1'"),
  (
    "manual_compact.once.trigger_time", "-1",
    "invalid value '-1', should be '> 0, timestamp (in seconds) to trigger the once manual compaction'"
  ),
  ("rocksdb.checkpoint.reserve_min_count", "0", "invalid value '0', should be '> 0'"),
]
