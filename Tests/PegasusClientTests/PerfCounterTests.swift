import Bytes
import EventLoop
import PegasusProtocol
import RPC
import TestSupport
import Testing

@testable import PegasusClient

/// Numbers of replicas, from servers of all releases.
@Suite struct PerfCounterTests {
  static let counters = """
    {"result":"OK","timestamp":1700000000,"timestamp_str":"2023-11-14 22:13:20","counters":[
    {"name":"replica*app.pegasus*get_qps@2.3","type":"NUMBER","value":12.5},
    {"name":"replica*app.pegasus*disk.storage.sst(MB)@2.3","type":"NUMBER","value":7},
    {"name":"replica*app.pegasus*rdb.estimate_num_keys@2.0","type":"NUMBER","value":1000},
    {"name":"replica*app.pegasus*get_qps@users","type":"NUMBER","value":99},
    {"name":"replica*app.pegasus*not.known@2.3","type":"NUMBER","value":1},
    {"name":"replica*server*memused.res(MB)","type":"NUMBER","value":151}]}
    """

  @Test func theirNamesAreThoseOfLaterReleases() {
    let reading = PerfCounters.reading(of: Self.counters)
    #expect(reading?.nanoseconds == nil)
    #expect(
      reading?.replicas == [
        GPID(appID: 2, partitionIndex: 3): ["get_requests": 12.5, "rdb_total_sst_size_mb": 7],
        GPID(appID: 2, partitionIndex: 0): ["rdb_estimated_keys": 1000],
      ])
    for text in ["unknown command 'perf-counters'", "", "{}", "[1]"] { #expect(PerfCounters.reading(of: text) == nil) }
  }

  /// Answers remote commands with `text`, and the path of metrics with `page`; nil: it has none.
  @LoopActor
  private final class Server: RPCService {
    var text = ""
    var page: String?

    func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
      guard request.method.code == .cliCliCall else { return reply.error(.handlerNotFound) }
      reply.ok(text)
    }

    func http(_ request: HTTPRequest) -> HTTPResponse { page.map { HTTPResponse(status: 200, body: $0) } ?? .notFound }
  }

  @Test(arguments: [nil, #"{"timestamp_ns":5,"entities":[]}"#] as [String?])
  @LoopActor
  func whoHasNoMetricsIsAskedForCounters(_ page: String?) async throws {
    let service = Server()
    (service.text, service.page) = (Self.counters, page)
    let server = try RPCServer(host: "127.0.0.1", port: 0, handler: service)
    let node = NodeAddress(host: "127.0.0.1", port: server.port)
    let cluster = ClusterClient(name: "c", metaServers: [node])
    let reading = try await cluster.replicaReading(["get_requests"], of: node, tableID: 2)
    #expect(reading.replicas.count == 2 && reading.nanoseconds == nil)

    // Neither: a server of 2.6 without such replicas has an empty page, another one is no server that can tell.
    service.text = #"{"result":"OK","counters":[]}"#
    if page == nil {
      service.text = "unknown command 'perf-counters-by-substr'"
      await #expect(throws: ClientError.self) {
        _ = try await cluster.replicaReading(["get_requests"], of: node, tableID: 2)
      }
    } else {
      let empty = try await cluster.replicaReading(["get_requests"], of: node, tableID: 2)
      #expect(empty == ReplicaReading(replicas: [:], nanoseconds: 5))
    }
    cluster.close()
    server.close()
  }
}
