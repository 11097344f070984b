package import Bytes
import EventLoop
package import PegasusProtocol

/// Why a call has no result. Each names the server and the RPC.
package enum RPCError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No connection could be made, now or a moment ago: the request was never sent. The text says what happened.
  case connect(NodeAddress, String, String)
  /// The connection ended, for the reason given, before the answer came; so long after the call.
  case closed(NodeAddress, String, reason: String, after: Duration, wasSent: Bool)
  /// No answer within the time.
  case timeout(NodeAddress, String, Duration, wasSent: Bool)
  /// The server refused: the error of the reply's frame.
  case server(ErrorCode, String, NodeAddress)
  /// The reply cannot be read; the offset counts from the start of the reply. The connection is closed then.
  case garbage(NodeAddress, String, ByteError)
  /// The caller was cancelled.
  case cancelled(NodeAddress, String, wasSent: Bool)
  /// As many calls are outstanding as can be numbered: the request was never sent.
  case overloaded(NodeAddress, String, outstanding: Int)

  package var node: NodeAddress {
    switch self {
    case .connect(let node, _, _), .closed(let node, _, _, _, _), .timeout(let node, _, _, _), .server(_, _, let node),
      .garbage(let node, _, _), .cancelled(let node, _, _), .overloaded(let node, _, _):
      node
    }
  }

  /// The RPC's name on the wire.
  package var method: String {
    switch self {
    case .connect(_, let method, _), .closed(_, let method, _, _, _), .timeout(_, let method, _, _),
      .server(_, let method, _), .garbage(_, let method, _), .cancelled(_, let method, _),
      .overloaded(_, let method, _):
      method
    }
  }

  /// Whether a write may have taken effect although its answer is missing. False only when no byte of the request was
  /// handed to the kernel, or when the server itself said that it did not take it.
  package var mayHaveBeenApplied: Bool {
    switch self {
    case .connect, .overloaded: false
    case .closed(_, _, _, _, let wasSent), .timeout(_, _, _, let wasSent), .cancelled(_, _, let wasSent): wasSent
    case .garbage: true
    // Servers answer these after they have logged the write; all others before.
    case .server(let code, _, _): code == .timeout || code == .networkFailure || code == .unknown
    }
  }

  package var description: String {
    switch self {
    case .connect(let node, let method, let reason):
      "\(method) to \(node): \(reason)"
    case .closed(let node, let method, let reason, let after, let wasSent):
      "\(method) to \(node): the connection ended after \(after.brief): \(reason)\(wasSent ? "" : " (not sent)")"
    case .timeout(let node, let method, let after, let wasSent):
      "\(method) to \(node): no answer within \(after.brief)\(wasSent ? "" : " (not sent)")"
    case .server(let code, let method, let node):
      "\(method) to \(node): \(code)"
    case .garbage(let node, let method, let error):
      "\(method) to \(node): the reply is garbage \(error)"
    case .cancelled(let node, let method, _):
      "\(method) to \(node): cancelled"
    case .overloaded(let node, let method, let outstanding):
      "\(method) to \(node): \(outstanding) calls are outstanding already"
    }
  }
}
