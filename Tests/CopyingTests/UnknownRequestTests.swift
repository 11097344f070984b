import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC
import TestSupport
import Testing

@testable import Copying

/// A target whose server does not know what it is asked: because it has only begun, or because it is too old.
@Suite(.serialized) struct UnknownRequestTests {
  /// Leads, and knows one table whose partition lies on the other server.
  @LoopActor
  private final class Meta: RPCService {
    var dataPort: UInt16 = 0

    func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
      switch request.method.code {
      case .listNodes: reply.ok(ConfigurationListNodesResponse(err: .ok))
      case .queryPartitionConfigByIndex:
        var partition = PartitionConfiguration(pid: GPID(appID: 1, partitionIndex: 0), ballot: 1, maxReplicaCount: 1)
        partition.primary = RPCAddress(ipv4: 0x7f00_0001, port: dataPort)
        reply.ok(
          QueryCfgResponse(err: .ok, appId: 1, partitionCount: 1, isStateful: true, partitions: [partition]))
      default: reply.error(.handlerNotFound)
      }
    }
  }

  /// Takes puts, once it has learned them.
  @LoopActor
  private final class Replica: RPCService {
    var refusals: Int
    var rows = 0

    init(refusals: Int) { self.refusals = refusals }

    func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
      guard refusals == 0, request.method.code == .put else {
        refusals -= 1
        return reply.error(.handlerNotFound)
      }
      rows += 1
      reply.ok(UpdateResponse())
    }
  }

  @LoopActor
  private func copy(
    refusals: Int, giveUpAfter: Duration
  ) async throws -> (result: CopyResult, rows: Int, refused: Int) {
    let left = try await ClusterFixture("left")
    let (meta, replica) = (Meta(), Replica(refusals: refusals))
    let metaServer = try RPCServer(host: "127.0.0.1", port: 0, handler: meta)
    let dataServer = try RPCServer(host: "127.0.0.1", port: 0, handler: replica)
    meta.dataPort = dataServer.port
    let cluster = ClusterClient(
      name: "right", metaServers: [NodeAddress(host: "127.0.0.1", port: metaServer.port)])
    let source = try await left.table("from", partitions: 2)
    try await source.load(try sampleRows(100))
    var options = CopyOptions()
    options.giveUpAfter = giveUpAfter
    let run = CopyRun(source: source, target: cluster.table("to"), options: options)
    _ = try await run.prepare()
    let result = await run.run()
    cluster.close()
    metaServer.close()
    dataServer.close()
    await left.stop()
    return (result, replica.rows, refusals - replica.refusals)
  }

  @Test @LoopActor
  func isWaitedForWhileItMayBeStarting() async throws {
    let (result, rows, refused) = try await copy(refusals: 250, giveUpAfter: .seconds(60))
    #expect(result.isComplete && result.snapshot.counts.copied == 101)
    #expect(result.snapshot.lastRetryReason == "ERR_HANDLER_NOT_FOUND")
    #expect(rows == 101 && refused == 250)
  }

  @Test @LoopActor
  func endsTheCopyWhenItDoesNotLearn() async throws {
    let (result, rows, _) = try await copy(refusals: .max, giveUpAfter: .milliseconds(300))
    #expect(result.error?.code == .handlerNotFound)
    #expect(result.snapshot.counts == RowCounts())
    #expect(rows == 0)
  }
}
