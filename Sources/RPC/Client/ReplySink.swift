package import Bytes
package import EventLoop
package import PegasusProtocol

/// Takes the outcomes of the calls made with `RPCClient.send`: exactly one of the two for each, never from within `send`.
@LoopActor
package protocol ReplySink: AnyObject {
  /// An answer. `error` is that of the frame; `body` stands at the result (there is none when `error` is not OK) and
  /// lives only during this call. Throwing says that the result cannot be read: the connection is closed then, and
  /// `failed` follows.
  func received(token: UInt64, error: ErrorCode, body: inout ByteReader) throws(ByteError)
  /// There will be no answer.
  func failed(token: UInt64, error: RPCError)
}
