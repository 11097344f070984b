package import Bytes
package import EventLoop
package import PegasusProtocol
package import Thrift

/// The way back to who asked: answers in the framing of the request. It may be kept and used later, in any turn; when the
/// connection has gone meanwhile, nothing happens. Use it once, or drop it to leave the request unanswered.
@LoopActor
package struct Responder {
  package let request: IncomingRequest
  let connection: ServerConnection

  /// Answers with a result.
  package func ok(_ result: some ThriftValue) {
    connection.answer { ReplyFrame.append(result, to: request, from: connection.serverAddress, into: &$0) }
  }

  /// Answers with an error of the frame, without a result.
  package func error(_ code: ErrorCode) {
    connection.answer { ReplyFrame.append(error: code, to: request, from: connection.serverAddress, into: &$0) }
  }

  /// Answers with a frame written by hand: for replies of many rows.
  package func write(_ body: (inout ByteBuffer) -> Void) {
    connection.answer(body)
  }

  /// Whether somebody is still there to answer.
  package var isOpen: Bool { connection.isOpen }
  /// Who asked.
  package var peer: SocketAddress { connection.peer }
  /// The address to name as the sender in native replies.
  package var server: RPCAddress { connection.serverAddress }
  /// Bytes that wait to be sent to this client.
  package var bufferedBytes: Int { connection.bufferedBytes }

  /// Closes the connection: for clients that cannot be talked to.
  package func close() {
    connection.close()
  }
}
