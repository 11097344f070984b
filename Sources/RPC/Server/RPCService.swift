package import Bytes
package import EventLoop
package import PegasusProtocol

/// A request as it came: its method, its header fields, and what is needed to answer it.
package typealias IncomingRequest = RequestEnvelope

/// What a server does with requests.
@LoopActor
package protocol RPCService: AnyObject {
  /// Answers a request of the catalogue, now or later, through `reply`; not using `reply` at all leaves the client
  /// without an answer. `body` stands at the argument and lives only during this call. Throwing says that the argument
  /// cannot be read: the client gets ERR_INVALID_DATA.
  func handle(_ request: IncomingRequest, body: inout ByteReader, reply: Responder) throws(ByteError)
  /// Answers an HTTP request on the RPC port.
  func http(_ request: HTTPRequest) -> HTTPResponse
  /// The sockets that were readable in this turn of the loop have been read, and nothing has been written yet: the place
  /// to commit what the requests of this turn have gathered, and to answer them. Called only in turns with requests.
  func turnEnded()
}

extension RPCService {
  package func http(_ request: HTTPRequest) -> HTTPResponse { .notFound }
  package func turnEnded() {}
}
