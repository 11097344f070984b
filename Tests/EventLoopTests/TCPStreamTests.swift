import Bytes
import EventLoop
import TestSupport
import Testing

@Suite @LoopActor struct TCPStreamTests {
  /// Collects what a stream says.
  @LoopActor final class Collector: TCPStreamHandler {
    var received: [UInt8] = []
    var reads = 0
    var drains = 0
    var ended = false
    var error: SocketError?
    var consumes = true

    func streamReceived(_ stream: TCPStream, _ input: inout ByteBuffer) {
      reads += 1
      guard consumes else { return }
      received.append(contentsOf: input.array())
      input.removeAll()
    }
    func streamDrained(_ stream: TCPStream) { drains += 1 }
    func streamClosed(_ stream: TCPStream, _ error: SocketError?) {
      ended = true
      self.error = error
    }
  }

  /// Two ends of one connection.
  @LoopActor struct Pair {
    let client: TCPStream
    let server: TCPStream
    let clientSide = Collector()
    let serverSide = Collector()

    init(host: String = "127.0.0.1") async throws {
      var accepted: TCPStream?
      let listener = try TCPListener(host: host, port: 0) { accepted = $0 }
      client = try await TCPStream.connect(host: host, port: listener.port)
      try await eventually("a connection") { accepted != nil }
      server = try #require(accepted)
      listener.close()
      client.start(clientSide)
      server.start(serverSide)
    }
  }

  @Test func manyAppendsOfOneTurnAreOneWrite() async throws {
    let pair = try await Pair()
    for value in 0..<1000 { pair.client.out.append(bigEndian: UInt32(value)) }
    #expect(pair.client.bufferedBytes == 4000)
    try await eventually { pair.serverSide.received.count == 4000 }
    #expect(pair.client.writeCalls == 1)
    #expect(pair.client.totalWritten == 4000)
    #expect(pair.client.bufferedBytes == 0)
    pair.client.close()
    pair.server.close()
  }

  @Test func whatTheEndOfTheTurnAppendsLeavesInThatTurn() async throws {
    let pair = try await Pair()
    let turn = EventLoop.shared.turns
    var endTurn: UInt64?
    pair.client.out.append("a")
    EventLoop.shared.atEndOfTurn {
      endTurn = EventLoop.shared.turns
      pair.client.out.append("b")
    }
    try await eventually { pair.serverSide.received == Array("ab".utf8) }
    #expect(endTurn == turn)
    #expect(pair.client.writeCalls == 1)
    pair.client.close()
    pair.server.close()
  }

  @Test func bothFamiliesWork() async throws {
    for host in ["127.0.0.1", "::1", "localhost"] {
      let pair = try await Pair(host: host)
      pair.server.out.append("hello")
      try await eventually { pair.clientSide.received == Array("hello".utf8) }
      pair.server.closeAfterFlush()
      try await eventually { pair.clientSide.ended && pair.serverSide.ended }
      #expect(pair.clientSide.error == nil)
    }
  }

  @Test func aSlowReaderMakesBytesWaitAndDrainingIsReported() async throws {
    let pair = try await Pair()
    pair.server.pauseReading()
    let chunk = [UInt8](repeating: 7, count: 1 << 20)
    for _ in 0..<32 { pair.client.out.append(chunk) }
    try await eventually("the kernel refuses more") { pair.client.totalWritten > 0 }
    await Task.yield()
    #expect(pair.client.bufferedBytes > 0)
    pair.server.resumeReading()
    try await eventually { pair.serverSide.received.count == 32 << 20 }
    #expect(pair.client.bufferedBytes == 0)
    #expect(pair.clientSide.drains >= 1)
    pair.client.close()
    pair.server.close()
  }

  @Test func whatIsNotConsumedIsOfferedAgain() async throws {
    let pair = try await Pair()
    pair.serverSide.consumes = false
    pair.client.out.append("abc")
    try await eventually { pair.serverSide.reads == 1 }
    pair.serverSide.consumes = true
    pair.client.out.append("def")
    try await eventually { pair.serverSide.received == Array("abcdef".utf8) }
    pair.serverSide.consumes = false
    pair.client.out.append("ghi")
    try await eventually { pair.serverSide.reads == 3 }
    pair.server.pauseReading()
    pair.serverSide.consumes = true
    pair.server.resumeReading()
    try await eventually("leftover bytes without new ones") { pair.serverSide.received == Array("abcdefghi".utf8) }
    pair.client.close()
    pair.server.close()
  }

  @Test func closingWritesWhatWasAppended() async throws {
    let pair = try await Pair()
    pair.client.out.append([UInt8](repeating: 1, count: 8 << 20))
    pair.client.closeAfterFlush()
    try await eventually { pair.serverSide.ended }
    #expect(pair.serverSide.received.count == 8 << 20)
    #expect(pair.serverSide.error == nil)
    pair.client.out.append("ignored")
    #expect(pair.client.bufferedBytes == 0)
  }

  @Test func aResetIsReported() async throws {
    let pair = try await Pair()
    pair.server.pauseReading()
    pair.client.out.append("unread")
    try await eventually { pair.client.totalWritten == 6 }
    // Closing with unread bytes resets the connection.
    pair.server.close()
    try await eventually { pair.clientSide.ended }
    #expect(pair.clientSide.error != nil)
    #expect(!pair.serverSide.ended)
  }

  @Test func aRefusedPortNamesTheAddress() async throws {
    let port = try freePort()
    do {
      _ = try await TCPStream.connect(host: "127.0.0.1", port: port)
      Issue.record("nobody listens there")
    } catch {
      #expect(error.isRefused)
      #expect(error.description == "cannot connect to 127.0.0.1:\(port): connection refused")
    }
  }

  @Test func aDescriptorThatIsReusedInTheSameTurnGetsNoStaleEvents() async throws {
    for _ in 0..<50 {
      let first = try await Pair()
      first.client.out.append("x")
      first.client.close()
      first.server.close()
      let second = try await Pair()
      second.client.out.append("y")
      try await eventually { second.serverSide.received == Array("y".utf8) }
      #expect(first.serverSide.received.isEmpty)
      second.client.close()
      second.server.close()
    }
  }

  @Test func manyConnectionsAreAccepted() async throws {
    var accepted: [TCPStream] = []
    let listener = try TCPListener(host: "127.0.0.1", port: 0) { accepted.append($0) }
    var clients: [TCPStream] = []
    for _ in 0..<200 { clients.append(try await TCPStream.connect(host: "127.0.0.1", port: listener.port)) }
    try await eventually { accepted.count == 200 }
    listener.close()
    for stream in clients + accepted { stream.close() }
  }

  @Test func aListenerRefusesATakenPortAndNames() throws {
    let first = try TCPListener(host: "127.0.0.1", port: 0) { _ in }
    defer { first.close() }
    #expect(throws: SocketError.self) { try TCPListener(host: "127.0.0.1", port: first.port) { _ in } }
    #expect(throws: SocketError.self) { try TCPListener(host: "example.org", port: 0) { _ in } }
  }
}
