package import Bytes
package import EventLoop

/// A TCP server whose behaviour a test writes down, byte by byte: for what a well-behaved server never does.
@LoopActor
package final class ScriptedPeer {
  private var listener: TCPListener?
  private var tasks: [Task<Void, any Error>] = []
  /// Connections accepted so far.
  package private(set) var connections = 0
  package let port: UInt16

  /// Runs `script` for every connection, numbered from 0; the connection is closed when the script ends.
  package init(port: UInt16 = 0, _ script: @escaping @LoopActor (ScriptedConnection, Int) async throws -> Void) throws {
    var accept: (@LoopActor (TCPStream) -> Void)?
    let listener = try TCPListener(host: "127.0.0.1", port: port) { accept?($0) }
    self.listener = listener
    self.port = listener.port
    accept = { [weak self] stream in
      guard let self else { return stream.close() }
      let connection = ScriptedConnection(stream)
      let number = connections
      connections += 1
      tasks.append(
        Task {
          defer { connection.close() }
          try await script(connection, number)
        })
    }
  }

  /// Stops listening and ends the scripts.
  package func stop() {
    listener?.close()
    listener = nil
    for task in tasks { task.cancel() }
  }

  deinit {
    for task in tasks { task.cancel() }
  }
}

/// One side of a TCP connection, read and written in plain steps. Also good as a raw client.
@LoopActor
package final class ScriptedConnection: TCPStreamHandler {
  package struct Ended: Error {}

  private let stream: TCPStream
  private var input = ByteBuffer()
  private var hasEnded = false
  private var waiter: UnsafeContinuation<Void, Never>?
  private var wanted = 0

  package init(_ stream: TCPStream) {
    self.stream = stream
    stream.start(self)
  }

  /// Connects to a port of 127.0.0.1.
  package static func connect(port: UInt16) async throws -> ScriptedConnection {
    ScriptedConnection(try await TCPStream.connect(host: "127.0.0.1", port: port))
  }

  /// Bytes that have come and were not received yet.
  package var available: Int { input.count }
  /// The other side has closed.
  package var isAtEnd: Bool { hasEnded }

  /// The next `count` bytes; throws `Ended` when the other side closes before.
  package func receive(_ count: Int) async throws -> [UInt8] {
    try await wait(for: count)
    guard input.count >= count else { throw Ended() }
    let bytes = Array(input.array().prefix(count))
    input.consume(count)
    return bytes
  }

  /// Everything until the other side closes.
  package func receiveAll() async throws -> [UInt8] {
    try await wait(for: .max)
    let bytes = input.array()
    input.removeAll()
    return bytes
  }

  /// Until so many bytes are there, or no more can come.
  private func wait(for count: Int) async throws {
    wanted = count
    while input.count < count, !hasEnded {
      try Task.checkCancellation()
      await withTaskCancellationHandler {
        await suspendOnLoop { continuation in
          waiter = continuation
          if input.count >= count || hasEnded { wake() }
        }
      } onCancel: {
        EventLoop.shared.post { self.wake() }
      }
    }
  }

  /// A THFT v0 request: its 48-byte header and its body.
  package func receiveRequest() async throws -> (header: [UInt8], body: [UInt8]) {
    let header = try await receive(48)
    let length = header[16..<20].reduce(0) { $0 << 8 | Int($1) }
    return (header, try await receive(length))
  }

  package func send(_ bytes: [UInt8]) {
    stream.out.append(bytes)
  }

  /// One write, and thus in all likelihood one read on the other side, per byte.
  package func sendByteByByte(_ bytes: [UInt8]) async throws {
    for byte in bytes {
      stream.out.append(byte)
      let end = stream.totalAppended
      while stream.totalWritten < end, stream.isOpen { await Task.yield() }
    }
  }

  /// Does not read until `resume`.
  package func pause() { stream.pauseReading() }
  package func resume() { stream.resumeReading() }

  /// Writes what was sent, then closes.
  package func close() {
    stream.closeAfterFlush()
  }

  private func wake() {
    waiter?.resume()
    waiter = nil
  }

  package func streamReceived(_ stream: TCPStream, _ bytes: inout ByteBuffer) {
    input.append(bytes.bytes)
    bytes.removeAll()
    if input.count >= wanted { wake() }
  }

  package func streamClosed(_ stream: TCPStream, _ error: SocketError?) {
    hasEnded = true
    wake()
  }
}
