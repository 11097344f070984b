import Bytes
import EventLoop
import PegasusProtocol

/// One `await`ed call.
@LoopActor
final class PendingCall<M: RPCMethod>: ReplySink {
  private let node: NodeAddress
  var continuation: UnsafeContinuation<Result<M.Response, RPCError>, Never>?
  var sequenceID: Int32?

  init(node: NodeAddress) {
    self.node = node
  }

  func received(token: UInt64, error: ErrorCode, body: inout ByteReader) throws(ByteError) {
    guard error == .ok else { return finish(.failure(.server(error, M.name.description, node))) }
    finish(.success(try M.readResponse(&body)))
  }

  func failed(token: UInt64, error: RPCError) {
    finish(.failure(error))
  }

  private func finish(_ result: Result<M.Response, RPCError>) {
    sequenceID = nil
    continuation?.resume(returning: result)
    continuation = nil
  }
}
