import Bytes
import EventLoop
import PegasusProtocol

/// One client of a server.
@LoopActor
final class ServerConnection {
  private enum Mode {
    case unknown
    case frames(FrameDecoder.Kind)
    case http
  }

  private let stream: TCPStream
  private weak var server: RPCServer?
  private let handler: any RPCService
  private let options: RPCServer.Options
  private var mode = Mode.unknown

  let serverAddress: RPCAddress

  init(_ stream: TCPStream, server: RPCServer) {
    self.stream = stream
    self.server = server
    handler = server.handler
    options = server.options
    serverAddress = server.address
  }

  func start() { stream.start(self) }

  var isOpen: Bool { stream.isOpen }
  var peer: SocketAddress { stream.peer }
  var bufferedBytes: Int { stream.bufferedBytes }

  func answer(_ body: (inout ByteBuffer) -> Void) {
    guard stream.isOpen else { return }
    body(&stream.out)
  }

  func close() {
    stream.close()
    server?.forget(self)
  }

  private func reject() {
    server?.rejectedConnections += 1
    close()
  }

  private func take(_ input: inout ByteBuffer) {
    if case .unknown = mode {
      guard let kind = FrameDecoder.kind(of: input.bytes) else { return }
      switch kind {
      case .thrift, .native: mode = .frames(kind)
      case .http: mode = .http
      case .unknown:
        guard HTTPRequestParser.begins(input.bytes) else { return reject() }
        mode = .http
      }
    }
    if case .frames(let kind) = mode { takeFrames(kind, &input) } else { takeHTTP(&input) }
  }

  private func takeFrames(_ kind: FrameDecoder.Kind, _ input: inout ByteBuffer) {
    var consumed = 0
    var count = 0
    do throws(ByteError) {
      let bytes = input.bytes
      while stream.isOpen, !isBehind() {
        let rest = bytes.extracting(consumed..<bytes.byteCount)
        guard let request = try FrameDecoder.nextRequest(in: rest, kind: kind, limit: options.frameLimit) else { break }
        consumed += request.frameLength
        count += 1
        handle(request, rest)
      }
    } catch {
      // What came before in the same bytes is answered first, as far as it has been.
      server?.rejectedConnections += 1
      stream.closeAfterFlush()
    }
    input.consume(consumed)
    if count > 0 { server?.noteRequests(count) }
  }

  private func handle(_ request: IncomingRequest, _ frame: RawSpan) {
    let reply = Responder(request: request, connection: self)
    guard request.method.code != nil else { return reply.error(.handlerNotFound) }
    var body = request.body(in: frame)
    do throws(ByteError) {
      try handler.handle(request, body: &body, reply: reply)
    } catch {
      reply.error(.invalidData)
    }
  }

  private func takeHTTP(_ input: inout ByteBuffer) {
    do throws(HTTPError) {
      while stream.isOpen, !isBehind() {
        guard let (request, length) = try HTTPRequestParser.next(in: input.bytes, limit: options.httpLimit) else {
          return
        }
        input.consume(length)
        server?.noteRequests(1)
        let response = handler.http(request)
        response.append(to: &stream.out, isHead: request.method == "HEAD", keepsAlive: request.keepsAlive)
        if !request.keepsAlive { stream.closeAfterFlush() }
      }
    } catch {
      server?.rejectedConnections += 1
      HTTPResponse(status: error.status, body: "\(error)\n").append(to: &stream.out, isHead: false, keepsAlive: false)
      stream.closeAfterFlush()
    }
  }

  /// Stops reading while the client does not fetch its answers.
  private func isBehind() -> Bool {
    guard stream.bufferedBytes > options.outputLimit else { return false }
    stream.pauseReading()
    return true
  }
}

extension ServerConnection: TCPStreamHandler {
  func streamReceived(_ stream: TCPStream, _ input: inout ByteBuffer) {
    guard stream.isOpen else { return input.removeAll() }
    take(&input)
  }

  func streamDrained(_ stream: TCPStream) {
    stream.resumeReading()
  }

  func streamClosed(_ stream: TCPStream, _ error: SocketError?) {
    server?.forget(self)
  }
}
