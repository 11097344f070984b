import Bytes
import EventLoop

/// A small HTTP client for the pages of Pegasus' servers: one GET on a connection of its own.
package enum HTTPGet {
  /// The longest body taken.
  static let bodyLimit = 256 << 20

  /// Fetches `path` (with its query, encoded). The reply may have any status; an error names the node, the path and what
  /// went wrong, a time-out included.
  @LoopActor
  package static func fetch(
    _ node: NodeAddress, path: String, timeout: Duration = .seconds(5)
  ) async throws(HTTPError) -> HTTPReply {
    let exchange = Exchange(node: node, path: path)
    let result = await withTaskCancellationHandler {
      await suspendOnLoop { exchange.start($0, timeout: timeout) }
    } onCancel: {
      EventLoop.shared.post { exchange.fail("cancelled") }
    }
    return try result.get()
  }
}

@LoopActor
private final class Exchange: TCPStreamHandler {
  typealias Outcome = Result<HTTPReply, HTTPError>

  private let node: NodeAddress
  private let path: String
  private var parser = HTTPReplyParser(limit: HTTPGet.bodyLimit)
  private var continuation: UnsafeContinuation<Outcome, Never>?
  private var connector: TCPConnector?
  private var stream: TCPStream?
  private var timer: TimerID?

  init(node: NodeAddress, path: String) {
    self.node = node
    self.path = path
  }

  func start(_ continuation: UnsafeContinuation<Outcome, Never>, timeout: Duration) {
    self.continuation = continuation
    if Task.isCancelled { return fail("cancelled") }
    guard path.hasPrefix("/"), !path.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
      return fail("not a path")
    }
    timer = EventLoop.shared.schedule(after: timeout) { self.fail("no answer within \(timeout.brief)") }
    connector = TCPConnector(host: node.host, port: node.port, options: .init(timeout: timeout)) { result in
      switch result {
      case .failure(let error): self.fail("\(error)")
      case .success(let stream):
        self.stream = stream
        stream.start(self)
        stream.out.append(
          utf8: "GET \(self.path) HTTP/1.1\r\nHost: \(self.node)\r\nAccept: */*\r\nConnection: close\r\n\r\n")
      }
    }
  }

  func fail(_ reason: String) {
    finish(.failure(HTTPError("GET http://\(node)\(path): \(reason)")))
  }

  private func finish(_ outcome: Outcome) {
    guard let continuation else { return }
    self.continuation = nil
    if let timer { EventLoop.shared.cancel(timer) }
    connector?.cancel()
    connector = nil
    stream?.close()
    stream = nil
    continuation.resume(returning: outcome)
  }

  func streamReceived(_ stream: TCPStream, _ input: inout ByteBuffer) {
    advance(&input, isAtEnd: false)
  }

  func streamClosed(_ stream: TCPStream, _ error: SocketError?) {
    if let error { return fail("\(error)") }
    var nothing = ByteBuffer()
    advance(&nothing, isAtEnd: true)
  }

  private func advance(_ input: inout ByteBuffer, isAtEnd: Bool) {
    do throws(HTTPError) {
      if let reply = try parser.take(&input, isAtEnd: isAtEnd) { finish(.success(reply)) }
    } catch {
      fail("\(error)")
    }
  }
}
