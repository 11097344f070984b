import EventLoop
import PegasusClient
import PegasusProtocol
import RPC
import TestSupport

/// A onebox process that clients reach through proxies only: the servers listen on 127.0.0.2 and tell clients 127.0.0.1.
@LoopActor
final class FaultyCluster {
  let process: OneboxProcess
  let proxies: [FaultProxy]
  let client: ClusterClient

  init(_ name: String, options: [String] = []) async throws {
    process = try await OneboxProcess(name, options: ["--listen", "127.0.0.2", "--advertise", "127.0.0.1"] + options)
    proxies = try ([process.metaPort] + process.replicaPorts).map { port in
      try FaultProxy(host: "127.0.0.1", port: port, server: ("127.0.0.2", port))
    }
    client = process.client()
  }

  /// Those of the replica servers.
  var replicas: ArraySlice<FaultProxy> { proxies.dropFirst() }

  func stop() {
    client.close()
    for proxy in proxies { proxy.stop() }
  }

  /// Makes another server the primary of a partition.
  func move(_ gpid: GPID, to server: Int) async throws {
    let port = process.replicaPorts[server % process.replicaPorts.count]
    let node = RPCAddress(host: "127.0.0.1", port: port) ?? RPCAddress()
    let request = ConfigurationBalancerRequest(
      gpid: gpid,
      actionList: [ConfigurationProposalAction(target: node, node: node, type: .upgradeToPrimary)], force: true)
    let reply = try await client.meta.send(ProposeBalancer.self, request, action: "move a partition")
    guard reply.err == .ok else { throw Refusal(code: reply.err) }
  }

  struct Refusal: Error { var code: ErrorCode }
}
