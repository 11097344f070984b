import Bytes
import EventLoop
import PegasusProtocol
import RPC
import Thrift

/// A server for tests: tells what it was asked, and does as the key says.
@LoopActor
final class EchoService: RPCService {
  var requests: [IncomingRequest] = []
  var turns = 0
  /// Answers that wait for the end of the turn, when `commitsInGroups` is set.
  var commitsInGroups = false
  /// Requests that are kept, to be answered by the test.
  var keeps = false
  var kept: [Responder] = []
  /// Requests that get no answer at all.
  var isSilent = false
  var decree: Int64 = 0

  func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError) {
    requests.append(request)
    guard !isSilent else { return }
    guard !keeps, !commitsInGroups else { return kept.append(reply) }
    switch request.method.code {
    case .put:
      let put = try PutRequestView(body)
      guard put.value.byteCount > 0 else { return reply.error(.invalidParameters) }
      answerPut(reply)
    case .get:
      let key = try Get.readRequest(&body)
      reply.ok(ReadResponse(value: key.sortKey))
    case .cliCliCall: reply.ok("done")
    default: reply.error(.handlerNotFound)
    }
  }

  func answerPut(_ reply: Responder) {
    decree += 1
    reply.ok(UpdateResponse(decree: decree))
  }

  func http(_ request: HTTPRequest) -> HTTPResponse {
    guard request.path == "/metrics" else { return .notFound }
    return HTTPResponse(
      body: "\(request.method) \(request.query.map { "\($0.name)=\($0.value)" }) \(request.body.count)")
  }

  func turnEnded() {
    turns += 1
    guard commitsInGroups else { return }
    for reply in kept { answerPut(reply) }
    kept = []
  }
}
