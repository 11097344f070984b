import Onebox
import PegasusProtocol
import TestSupport
import Testing

@Suite struct ArgumentTests {
  private func options(_ arguments: String...) throws -> OneboxOptions {
    guard case .run(let options) = try OneboxArguments.parse(arguments) else { throw Unexpected("not to be run") }
    return options
  }

  @Test func bothSpellingsAndForms() throws {
    let spelled = try options(
      "--data_dir", "/d", "--meta-port=35601", "--replica_ports", "1,2,3", "--cluster-name", "B", "--host_ports",
      "--sync-writes=false", "--max_allowed_write_size=0", "--scan_context_seconds", "7", "--cluster_id", "2")
    #expect(spelled.dataDirectory == "/d" && spelled.metaPort == 35601 && spelled.replicaPorts == [1, 2, 3])
    #expect(spelled.clusterName == "B" && spelled.sendsHostPorts && !spelled.syncsWrites)
    #expect(spelled.maxAllowedWriteSize == 0 && spelled.scanContextLifetime == .seconds(7) && spelled.clusterID == 2)
    let plain = try options("--data_dir", "/d")
    #expect(plain == OneboxOptions(dataDirectory: "/d"))
    #expect(plain.metaPort == 34601 && plain.replicaPorts == [34801, 34802, 34803])
    #expect(try options("--data_dir", "/d", "--replicas", "2", "--meta_port", "35601").replicaPorts == [35801, 35802])
    #expect(try options("--data_dir", "/d", "--replicas", "2", "--meta_port", "0").replicaPorts == [0, 0])
    #expect(try OneboxArguments.parse(["--help"]) == .help)
    #expect(try OneboxArguments.parse(["--data_dir", "x", "--version"]) == .version)
  }

  @Test func storages() throws {
    let storage = try options(
      "--data_dir", "/d", "--block_service", "local_service=/mnt/a=b", "--block-service=hdfs_x=/mnt/c",
      "--cold_backup_root", "A", "--cold_backup_disabled", "--storage_round_ms", "50",
      "--storage_read_limit", "7", "--storage-write-limit=8")
    #expect(storage.blockServices == ["local_service": "/mnt/a=b", "hdfs_x": "/mnt/c"])
    #expect(storage.coldBackupRoot == "A" && storage.disablesColdBackup && storage.storageRound == .milliseconds(50))
    #expect(storage.storageReadLimit == 7 && storage.storageWriteLimit == 8)
  }

  @Test(arguments: [
    (["--block_service", "/mnt/a"], "--block_service: '/mnt/a' is not NAME=DIRECTORY"),
    (["--listen", "example.org"], "--listen: 'example.org' is not an IPv4 address"),
    (["--replica_ports", ""], "--replica_ports needs a value"),
    (["--replica_ports", "1,x"], "--replica_ports: 'x' is not a port (0 to 65535)"),
    (["--replicas", "0"], "--replicas: '0' is not a number from 1 to 64"),
    (["--host_ports=maybe"], "--host_ports: 'maybe' is not true or false"),
    (["--duplication_group", "1,200"], "--duplication_group: '200' is not a number from 1 to 127"),
    (["--duplication_group", "a=1,b=x"], "--duplication_group: 'x' is not a number from 1 to 127"),
    (
      ["--meta_port", "65500", "--replicas", "3"],
      "--replicas: there are no ports behind 65500 + 200; use --replica_ports"
    ),
  ])
  func complaints(_ arguments: [String], _ complaint: String) {
    #expect(throws: OneboxUsageError.self) { try OneboxArguments.parse(["--data_dir", "x"] + arguments) }
    do {
      _ = try OneboxArguments.parse(["--data_dir", "x"] + arguments)
    } catch {
      #expect(error.description == complaint)
    }
  }

  @Test func extremeEnvironmentsDoNoHarm() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      for (key, value) in [
        ("manual_compact.once.trigger_time", "9223372036854775807"),
        ("replica.rocksdb_iteration_threshold_time_ms", "9223372036854775807"), ("default_ttl", "2147483647"),
        ("replica.write_throttling", "4294967295M*delay*4294967295"),
        ("replica.read_throttling", "4294967295K*reject*4294967295"),
        ("replica.read_throttling_by_size", "4294967295M"),
      ] {
        #expect(try await box.setEnvironment("t", key, value) == "")
      }
      try await table.put("h", "s", "v")
      #expect(try await table.get("h", "s") == "v")
      #expect(try await table.call(GetScanner.self, .fullScan(), partition: 0).kvs.count == 1)
    }
  }

  @Test func everyTargetLevelCompacts() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      var trigger = unixNow + 1000
      for level in [3, 1, 100, 5, -1, 2_147_483_647, 1] as [Int32] {
        for number in 0..<200 { try await table.put("h", "\(number)", "v\(level)") }
        trigger += 1000
        let started = try await box.meta(
          StartManualCompact.self,
          StartAppManualCompactRequest(appName: "t", triggerTime: trigger, targetLevel: level, bottommost: true))
        #expect(started.err == .ok)
        try await eventually("compaction is over") {
          try await box.meta(QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: "t")).progress == 100
        }
        #expect(try await table.get("h", "7") == "v\(level)")
      }
    }
  }
}
