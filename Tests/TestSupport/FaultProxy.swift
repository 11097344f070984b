package import EventLoop
import Bytes

/// A TCP server between clients and a server, whose connections a test can stall, reset, refuse and garble.
@LoopActor
package final class FaultProxy {
  private let host: String
  private let server: (host: String, port: UInt16)
  private var listener: TCPListener?
  private var pairs: [ObjectIdentifier: FaultPair] = [:]
  package let port: UInt16
  /// Connections that clients have made.
  package private(set) var connections = 0
  /// Nothing is handed on, and nobody is told: as a stopped process, or a network that swallows packets.
  package var isStalled = false { didSet { for pair in pairs.values { pair.stall(isStalled) } } }
  /// Puts bytes that mean nothing before the next ones from the server.
  package var injectsGarbage = false

  /// Listens on `host:port` and hands everything on to `server`.
  package init(host: String, port: UInt16, server: (host: String, port: UInt16)) throws {
    self.host = host
    self.port = port
    self.server = server
    try listen()
  }

  /// Whether clients can connect; without, they are refused at once. Connections that are there stay.
  package var isListening: Bool { listener != nil }

  package func listen() throws {
    guard listener == nil else { return }
    listener = try TCPListener(host: host, port: port) { [weak self] in self?.accept($0) }
  }

  package func refuse() {
    listener?.close()
    listener = nil
  }

  /// Resets every connection, on both sides.
  package func resetAll() {
    for pair in pairs.values { pair.reset() }
    pairs = [:]
  }

  package func stop() {
    refuse()
    resetAll()
  }

  private func accept(_ client: TCPStream) {
    connections += 1
    let pair = FaultPair(client: client, proxy: self)
    pairs[ObjectIdentifier(pair)] = pair
    pair.stall(isStalled)
    Task { @LoopActor in
      do {
        pair.join(try await TCPStream.connect(host: server.host, port: server.port))
      } catch {
        pair.reset()
      }
    }
  }

  func ended(_ pair: FaultPair) { pairs[ObjectIdentifier(pair)] = nil }
}

/// A client's connection and the one to the server that belongs to it.
@LoopActor
final class FaultPair: TCPStreamHandler {
  private let client: TCPStream
  private var server: TCPStream?
  private weak var proxy: FaultProxy?
  private var isStalled = false
  private var isOver = false

  init(client: TCPStream, proxy: FaultProxy) {
    self.client = client
    self.proxy = proxy
    client.pauseReading()
    client.start(self)
  }

  func join(_ server: TCPStream) {
    guard !isOver else { return server.reset() }
    self.server = server
    server.start(self)
    if isStalled { server.pauseReading() } else { client.resumeReading() }
  }

  func stall(_ isStalled: Bool) {
    self.isStalled = isStalled
    guard let server else { return }
    for stream in [client, server] { if isStalled { stream.pauseReading() } else { stream.resumeReading() } }
  }

  func reset() {
    isOver = true
    client.reset()
    server?.reset()
  }

  func streamReceived(_ stream: TCPStream, _ bytes: inout ByteBuffer) {
    guard let server else { return }
    if stream === client {
      server.out.append(bytes.bytes)
    } else {
      if proxy?.injectsGarbage == true {
        proxy?.injectsGarbage = false
        client.out.append([UInt8](repeating: 0xFF, count: 64))
      }
      client.out.append(bytes.bytes)
    }
    bytes.removeAll()
  }

  func streamClosed(_ stream: TCPStream, _ error: SocketError?) {
    isOver = true
    if stream === client { server?.closeAfterFlush() } else { client.closeAfterFlush() }
    proxy?.ended(self)
  }
}
