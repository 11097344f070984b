internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import RPC

/// What listens on the meta port. Ports open before the tables do: until then every request is "service not active".
@LoopActor
final class MetaPort: RPCService {
  var server: MetaServer?

  func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
    guard let server else { return reply.error(.serviceNotActive) }
    server.handle(request, body: &body, reply: Reply(reply))
  }

  func http(_ request: HTTPRequest) -> HTTPResponse {
    server?.page(request) ?? HTTPResponse(status: 503, body: "starting\n")
  }
}

/// What listens on one replica port.
@LoopActor
final class ReplicaPort: RPCService {
  var server: ReplicaServer?

  func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
    guard let server else { return reply.error(.serviceNotActive) }
    server.handle(request, body: &body, reply: Reply(reply))
  }

  func http(_ request: HTTPRequest) -> HTTPResponse {
    server?.page(request) ?? HTTPResponse(status: 503, body: "starting\n")
  }
}
