import Bytes
import EventLoop
import PegasusProtocol
import RPC
import TestSupport
import Testing

@testable import PegasusClient

@Suite struct RoutingSafetyTests {
  /// A meta server that leads, and says that it holds the data as well.
  @LoopActor
  private final class ConfusedMeta: RPCService {
    var port: UInt16 = 0
    var dataRequests = 0

    func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
      switch request.method.code {
      case .listNodes: reply.ok(ConfigurationListNodesResponse(err: .ok))
      case .queryPartitionConfigByIndex:
        var partition = PartitionConfiguration(pid: GPID(appID: 1, partitionIndex: 0), ballot: 1, maxReplicaCount: 1)
        partition.primary = RPCAddress(ipv4: 0x7f00_0001, port: port)
        reply.ok(
          QueryCfgResponse(err: .ok, appId: 1, partitionCount: 1, isStateful: true, partitions: [partition]))
      default:
        dataRequests += 1
        reply.error(.handlerNotFound)
      }
    }
  }

  @Test @LoopActor
  func dataIsNeverSentToAMetaServer() async throws {
    let service = ConfusedMeta()
    let server = try RPCServer(host: "127.0.0.1", port: 0, handler: service)
    service.port = server.port
    let cluster = ClusterClient(name: "c", metaServers: [NodeAddress(host: "127.0.0.1", port: server.port)])
    let key = try PegasusKey(hashKey: [1], sortKey: [2])
    await #expect(throws: ClientError.self) { _ = try await cluster.table("t").get(key) }
    #expect(service.dataRequests == 0)
    cluster.close()
    server.close()
  }
}
