import EventLoop
import Onebox
import PegasusProtocol
import RPC
import Testing

@Suite struct RemoteCommandTests {
  @Test func commandsAnswerAsOn26() async throws {
    try await OneboxFixture.run { box in
      let replica = box.server.replicaPorts[0]
      for port in [box.server.metaPort, replica] {
        #expect(try await box.command(port, "no-such-command") == "unknown command 'no-such-command'")
        #expect(try await box.command(port, "") == "unknown command ''")
        #expect(
          try await box.command(port, "help", "server-info")
            == "server-info - Query server information\nserver-info \n")
        #expect(try await box.command(port, "help").hasPrefix("help|h|H|Help - Display help information\n"))
        #expect(try await box.command(port, "server-info").contains("\"version\":\"2.6"))
        #expect(try await box.command(port, "server-stat").contains("replica*server*memused.res(MB)="))
        #expect(try await box.command(port, "flush-log") == "Flush done.")
      }
      let name = "nfs.max_send_rate_megabytes_per_disk"
      #expect(try await box.command(replica, name) == "{\n  \"error\": \"ok\",\n  \"\(name)\": \"0\"\n}")
      #expect(
        try await box.command(replica, name, "abc")
          == "{\n  \"error\": \"ERR: invalid argument 'abc', the value is not acceptable\"\n}")
      #expect(try await box.command(replica, name, "50") == "{\n  \"error\": \"ok\"\n}")
      #expect(try await box.command(replica, name) == "{\n  \"error\": \"ok\",\n  \"\(name)\": \"50\"\n}")
      #expect(try await box.command(replica, name, "DEFAULT") == "{\n  \"error\": \"ok\",\n  \"\(name)\": 0\n}")
      #expect(try await box.command(box.server.metaPort, name) == "unknown command '\(name)'")
      #expect(try await box.command(replica, "replica.query-compact", "99999") == "0 processed, 0 not found")
      _ = try await box.table(partitions: 3)
      let envs = try await box.command(replica, "replica.query-app-envs", "1.0,1.9")
      #expect(envs.hasPrefix("1 processed, 1 not found\n    1.0@127.0.0.1:\(replica)@"))
      #expect(envs.contains("rocksdb.num_levels=6,rocksdb.usage_scenario=normal,rocksdb.write_buffer_size="))
      #expect(envs.hasSuffix("    1.9@127.0.0.1:\(replica) : not found"))
    }
  }

  @Test func metricsAndPages() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 2)
      try await table.put("h", "s", "v")
      let index = table.partition(of: try table.key("h", "s"))
      func get(_ port: UInt16, _ path: String) async throws -> HTTPReply {
        try await HTTPGet.fetch(NodeAddress(host: "127.0.0.1", port: port), path: path)
      }
      let port = table.ports[Int(index)]
      let metrics = try await get(
        port, "/metrics?types=replica&attributes=table_id,1&metrics=put_requests&with_metric_fields=name,value")
      #expect(metrics.status == 200)
      #expect(
        metrics.text.hasPrefix("{\"cluster\":\"onebox\",\"role\":\"replica\",\"host\":\"127.0.0.1\",\"port\":\(port),"))
      #expect(
        metrics.text.contains(
          "{\"type\":\"replica\",\"id\":\"replica@1.\(index)\",\"attributes\":{\"partition_id\":\"\(index)\","
            + "\"table_id\":\"1\"},\"metrics\":[{\"name\":\"put_requests\",\"value\":1}]}"))
      #expect(try await get(port, "/metrics?types=table&ids=x").text.hasSuffix("\"entities\":[]}"))
      #expect(try await get(port, "/metrics?nonsense=1").status == 400)
      #expect(try await get(port, "/metrics?types=disk").text.contains("disk_capacity_total_mb"))
      #expect(try await get(port, "/version").text.contains("\"Version\":\"2.6"))
      #expect(try await get(port, "/nowhere").status == 404)
      #expect(try await get(port, "/replica/data_version?app_id=1").text.contains("{\"data_version\":\"1\"}"))
      let meta = box.server.metaPort
      #expect(try await get(meta, "/metrics?types=table").text.contains("\"healthy_partitions\",\"value\":2"))
      #expect(try await get(meta, "/meta/app?name=t").text.contains("\"partition_count\":\"2\""))
      #expect(try await get(meta, "/meta/app?name=x").status == 400)
      #expect(try await get(meta, "/envs/list").text.contains("\"default_ttl\""))
    }
  }

  /// A limit has one value, by whatever name and way it is read and changed.
  @Test func limitsAreSetByEitherNameAndOverHTTP() async throws {
    try await OneboxFixture.run { box in
      let port = box.server.replicaPorts[0]
      func update(_ query: String) async throws -> HTTPReply { try await box.get(port, "/updateConfig?\(query)") }
      for direction in ["send", "copy"] {
        let names = ["nfs.max_\(direction)_rate_megabytes", "nfs.max_\(direction)_rate_megabytes_per_disk"]
        let flag = "max_\(direction)_rate_megabytes_per_disk"
        #expect(try await box.command(port, names[0], "50") == "{\n  \"error\": \"ok\"\n}")
        for name in names {
          #expect(try await box.command(port, name) == "{\n  \"error\": \"ok\",\n  \"\(name)\": \"50\"\n}")
        }
        #expect(try await box.get(port, "/config?name=\(flag)").text.contains("\"value\":\"50\""))
        #expect(try await update("\(flag)=60").text == "{\"update_status\":\"ERR_OK\"}")
        #expect(try await box.command(port, names[1]).contains(": \"60\""))
        #expect(try await box.command(port, names[1], "DEFAULT").contains(": 0"))
      }
      // Less than a block of 4 MiB a second cannot be had.
      #expect(try await box.command(port, "nfs.max_copy_rate_megabytes_per_disk", "4").contains("not acceptable"))
      #expect(try await box.command(port, "nfs.max_copy_rate_megabytes_per_disk", "5").contains("ok"))
      let limit = "hdfs_write_limit_rate_mb_per_sec"
      #expect(
        try await box.get(port, "/config?name=\(limit)").text
          == "{\"name\":\"\(limit)\",\"section\":\"replication\",\"type\":\"FV_UINT64\",\"tags\":\"flag_tag::FT_MUTABLE\","
          + "\"description\":\"The maximum rate of writing to the storage service, in MB/s\",\"value\":\"200\"}")
      for (query, answer) in [
        ("\(limit)=-5", "ERR_INVALID_PARAMETERS: -5 is invalid"), ("no_such_flag=1", "ERR_OBJECT_NOT_FOUND"),
        ("cold_backup_root=x", "ERR_INVALID_PARAMETERS: cold_backup_root is not mutable"), ("\(limit)=7", "ERR_OK"),
      ] {
        let reply = try await update(query)
        #expect(reply.status == 200 && reply.text.contains(answer))
      }
      #expect(try await update("a=1&b=2").status == 400)
      #expect(try await box.get(port, "/configs").text.contains("\"\(limit)\":{\"name\":\"\(limit)\""))
      #expect(try await box.get(port, "/config?name=cold_backup_root").text.contains("\"value\":\"onebox\""))
      #expect(try await box.get(port, "/config?name=nothing").status == 404)
      // Each server has its own.
      #expect(try await box.get(box.server.replicaPorts[1], "/config?name=\(limit)").text.contains("\"200\""))
      #expect(try await box.command(port, "help").contains("nfs.max_send_rate_megabytes - "))
    }
  }

  /// A limit that is there from the start can be changed as any other.
  @Test func theStorageMayBeLimitedFromTheStart() async throws {
    try await OneboxFixture.run({
      $0.storageReadLimit = 3
      $0.storageWriteLimit = 3
    }) { box in
      for port in box.server.replicaPorts {
        for name in ["hdfs_write_limit_rate_mb_per_sec", "hdfs_read_limit_rate_mb_per_sec"] {
          let atStart = try await box.get(port, "/config?name=\(name)").text
          let change = try await box.get(port, "/updateConfig?\(name)=9").text
          let after = try await box.get(port, "/config?name=\(name)").text
          #expect(atStart.contains("\"value\":\"3\"") && change.contains("ERR_OK"), "\(atStart) \(change)")
          #expect(after.contains("\"value\":\"9\""), "\(after)")
        }
      }
    }
  }

  @Test func diskInfoListsReplicas() async throws {
    try await OneboxFixture.run { box in
      _ = try await box.table(partitions: 3)
      let header = ServerHeader.server(timeoutMilliseconds: 1000)
      let client = box.client(box.server.replicaPorts[0])
      let info = try await client.call(
        QueryDiskInfo.self, QueryDiskInfoRequest(appName: "t"), header: header, timeout: .seconds(10))
      #expect(info.err == .ok && info.diskInfos.count == 1)
      #expect(info.diskInfos[0].holdingPrimaryReplicas[1]?.count == 1)
      #expect(info.diskInfos[0].holdingSecondaryReplicas[1]?.count == 2)
      let missing = try await client.call(
        QueryDiskInfo.self, QueryDiskInfoRequest(appName: "x"), header: header, timeout: .seconds(10))
      #expect(missing.err == .objectNotFound)
      let negotiation = try await client.call(
        Negotiation.self, NegotiationRequest(status: .saslListMechanisms), header: header, timeout: .seconds(10))
      #expect(negotiation.status == .saslAuthDisable)
    }
  }
}
