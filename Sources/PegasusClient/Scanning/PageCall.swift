import Bytes
import EventLoop
import PegasusProtocol
import RPC

/// A scan request whose reply is kept as it came.
@LoopActor
final class PageCall: ReplySink {
  private var continuation: UnsafeContinuation<Result<ScanPage, Failure>, Never>?

  /// Sends a request and waits for its reply, for the time limit, or for the task to be cancelled.
  func send<M: PartitionMethod>(
    _ method: M.Type, _ request: M.Request, header: PartitionHeader, timeout: Duration, to client: RPCClient
  ) async -> Result<ScanPage, Failure> {
    await withTaskCancellationHandler {
      await suspendOnLoop { continuation in
        self.continuation = continuation
        if Task.isCancelled { return finish(.failure(.cancelled)) }
        client.send(method, timeout: timeout, token: 0, sink: self) { (buffer, sequence) in
          RequestFrame.append(method, header: header, sequenceID: sequence, request: request, into: &buffer)
        }
      }
    } onCancel: {
      EventLoop.shared.post { self.finish(.failure(.cancelled)) }
    }
  }

  func received(token: UInt64, error: ErrorCode, body: inout ByteReader) throws(ByteError) {
    guard error == .ok else { return finish(.failure(.refused(error))) }
    finish(.success(try ScanPage(decoding: [UInt8](body.rest()))))
  }

  func failed(token: UInt64, error: RPCError) { finish(.failure(.transport(error))) }

  private func finish(_ result: Result<ScanPage, Failure>) {
    continuation?.resume(returning: result)
    continuation = nil
  }
}

extension PageCall {
  /// Why there is no page.
  enum Failure: Error {
    case noPrimary
    /// The meta server that knows the partition's place did not say.
    case noRouting(ClientError)
    case transport(RPCError)
    case refused(ErrorCode)
    case cancelled

    var isCancellation: Bool {
      if case .cancelled = self { return true }
      if case .transport(.cancelled) = self { return true }
      return false
    }

    /// The reply was not one.
    var isGarbage: Bool {
      if case .transport(.garbage) = self { return true }
      return false
    }

    var description: String {
      switch self {
      case .noPrimary: "the partition has no primary"
      case .noRouting(let error): error.cause
      case .transport(let error): "\(error)"
      case .refused(let code): code.name
      case .cancelled: "cancelled"
      }
    }

    /// Whether another attempt makes sense. Reading twice is reading once.
    func verdict(by policy: RetryPolicy) -> RetryPolicy.Verdict {
      switch self {
      case .noPrimary, .noRouting: .retry(.partition)
      case .transport(let error): policy.verdict(on: error, repeatable: true)
      // Every release scans: a server that does not know how has only begun.
      case .refused(.handlerNotFound): .retry(.partition)
      case .refused(let code): policy.verdict(on: code, repeatable: true)
      case .cancelled: .fail
      }
    }

    var reason: ClientError.Reason {
      switch self {
      case .transport(let error): .transport(error)
      case .refused(let code): .refused(code, hint: "")
      case .cancelled: .cancelled
      case .noPrimary: .invalid(description)
      case .noRouting(let error): error.reason
      }
    }
  }
}
