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
