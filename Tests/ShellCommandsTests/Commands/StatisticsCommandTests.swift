import Bytes
import Configuration
import EventLoop
import JSON
import Onebox
import PegasusClient
import PegasusProtocol
import RPC
import TestSupport
import Thrift
import Testing

@testable import ShellCommands

/// `app_stat`, `app_disk` and `server_stat`, on servers of 2.6 and on earlier ones.
@Suite(.serialized) struct StatisticsCommandTests {
  @Test @LoopActor
  func ratesAreMeasuredBetweenTwoSamples() async throws {
    try await withBench(partitions: 4) { bench in
      let table = try bench.session.table()
      let writer = Task { @LoopActor in
        for number in 0..<100_000 where !Task.isCancelled {
          let key = try PegasusKey(hashKey: Array("key\(number % 500)".utf8), sortKey: [1])
          _ = try await table.set(key, value: [1])
        }
      }
      let all = await bench.run("app_stat -i 300")
      let one = await bench.run("app_stat -a t1 -q -i 300 -j")
      writer.cancel()
      _ = await writer.result
      #expect(all.error == nil)
      let lines = all.lines.map { $0.split(separator: " ") }
      #expect(
        lines[1].joined(separator: " ")
          == "app_name app_id pcount GET MGET BGET PUT MPUT DEL MDEL INCR CAS CAM SCAN RCU WCU expire filter abnormal "
          + "delay reject file_mb file_num mem_tbl_mb mem_idx_mb hit_rate seek_n_rate point_n_rate point_fp_rate")
      #expect(lines[2][0] == "t1" && lines[2][2] == "4" && lines[2][3] == "0.00")
      #expect((Double(lines[2][6]) ?? 0) > 10, "\(all.output)")
      #expect(lines[2].last == "-", "the embedded servers do not tell it")
      #expect(lines[3][0] == "(total:1)" && lines[3][6] == lines[2][6])

      let rows = try JSONParser.parse(one.output.utf8)["app_stat"]
      let puts = ["0", "1", "2", "3"].compactMap { rows?[$0]?["PUT"]?.double }
      #expect(puts.count == 4 && abs(puts.reduce(0, +) - (rows?["(total:4)"]?["PUT"]?.double ?? 0)) < 0.01)
      #expect(rows?["0"]?["file_mb"] == nil && rows?["0"]?["hit_rate"] == .null)

      #expect(await bench.run("app_stat -q -u").error?.status == .usage)
      let missing = await bench.run("app_stat -a t2")
      #expect(missing.error?.message.contains("t2") == true)
    }
  }

  @Test @LoopActor
  func theDisksOfATableAreAddedUp() async throws {
    try await withBench(partitions: 2) { bench in
      await bench.run("generate_data -n 500")
      let disk = await bench.run("app_disk t1 -d")
      #expect(disk.error == nil)
      for line in ["app_name                            : t1", "partitions not counted              : 0/2"] {
        #expect(disk.output.contains(line), "\(disk.output)")
      }
      #expect(disk.output.contains("replicas not counted                : 0/6"))
      #expect(disk.output.contains("pidx  ballot  replica_count  primary"))
      #expect(disk.output.contains(":\(bench.server.replicaPorts[0])("))

      let servers = await bench.run("server_stat -t replica-server")
      let document = try JSONParser.parse(servers.output.utf8)
      #expect(document["command"]?.text == "server_stat " && document["succeed_count"] == 3)
      let message = document["details"]?["127.0.0.1:\(bench.server.replicaPorts[0])"]?["message"]
      #expect(message?["total_replicas"]?.double == 2 && (message?["res_mem_mb"]?.double ?? 0) > 1)
      let meta = await bench.run("server_stat -t meta-server")
      #expect(meta.output.contains("virt_mem_mb") && !meta.output.contains("total_replicas"))
    }
  }

  /// A cluster of 2.4 with one table of two partitions: perf counters, no metrics.
  @LoopActor
  private final class OldServer: RPCService {
    var port: UInt16 = 0

    func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
      let address = RPCAddress(ipv4: 0x7f00_0001, port: port)
      switch request.method.code {
      case .listNodes:
        reply.ok(ConfigurationListNodesResponse(err: .ok, infos: [NodeInfo(status: .alive, node: address)]))
      case .listApps:
        reply.ok(
          ConfigurationListAppsResponse(
            err: .ok, infos: [AppInfo(status: .available, appName: "users", appId: 2, partitionCount: 2)]))
      case .queryPartitionConfigByIndex:
        let partitions = (0..<Int32(2)).map { index in
          var partition = PartitionConfiguration(
            pid: GPID(appID: 2, partitionIndex: index), ballot: 1, maxReplicaCount: 1)
          partition.primary = address
          return partition
        }
        reply.ok(QueryCfgResponse(err: .ok, appId: 2, partitionCount: 2, isStateful: true, partitions: partitions))
      case .cliCliCall:
        let command: Command = try body.readSingleField()
        reply.ok(command.cmd == "server-stat" ? "get_qps=12, memused.res(MB)=151" : Self.counters)
      default: reply.error(.handlerNotFound)
      }
    }

    static let counters = """
      {"result":"OK","counters":[
      {"name":"replica*app.pegasus*get_qps@2.0","type":"NUMBER","value":12.5},
      {"name":"replica*app.pegasus*get_qps@2.1","type":"NUMBER","value":7.5},
      {"name":"replica*app.pegasus*recent.read.cu@2.0","type":"NUMBER","value":40},
      {"name":"replica*app.pegasus*disk.storage.sst(MB)@2.0","type":"NUMBER","value":100},
      {"name":"replica*app.pegasus*disk.storage.sst(MB)@2.1","type":"NUMBER","value":50},
      {"name":"replica*app.pegasus*rdb.block_cache.hit_count@2.0","type":"NUMBER","value":30},
      {"name":"replica*app.pegasus*rdb.block_cache.total_count@2.0","type":"NUMBER","value":40}]}
      """
  }

  @Test @LoopActor
  func earlierServersTellWhatTheyHave() async throws {
    try await withBench { bench in
      let service = OldServer()
      let meta = try RPCServer(host: "127.0.0.1", port: 0, handler: service)
      let server = try RPCServer(host: "127.0.0.1", port: 0, handler: service)
      service.port = server.port
      let old = ClusterDefinition(
        name: "Old", metas: [ServerAddress(host: "127.0.0.1", port: meta.port)], role: .test)
      let session = Session(
        configuration: ShellConfiguration(), options: bench.session.options, output: bench.session.output,
        registry: shellCommands, cluster: old)
      let stat = await bench.run("app_stat -i 3600000", in: session)
      #expect(stat.error == nil, "\(stat)")
      let cells = try #require(stat.lines.dropFirst(2).first).split(separator: " ")
      try #require(cells.count == 29)
      // Rates as they are: nobody waits an hour for a second sample.
      #expect(cells.prefix(5) == ["users", "2", "2", "20.000", "-"])
      #expect(cells[14] == "40.000" && cells[21] == "150.000" && cells[22] == "-" && cells[25] == "0.750")
      let disk = await bench.run("app_disk users -d", in: session)
      #expect(disk.error == nil && disk.output.contains("127.0.0.1:\(server.port)(100,#-)"))
      #expect(disk.output.contains("disk_used_for_all_replicas(MB)      : 150.00"))
      let stats = await bench.run("server_stat -t replica-server", in: session)
      #expect(stats.output.contains("get_qps=12, memused.res(MB)=151"))
      try session.cluster().close()
      meta.close()
      server.close()
    }
  }
}
