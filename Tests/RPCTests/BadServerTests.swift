import Bytes
import EventLoop
import PegasusProtocol
import TestSupport
import Testing

@testable import RPC

/// What a client does when servers misbehave.
@Suite @LoopActor struct BadServerTests {
  private struct Unexpected: Error {}

  private func client(_ peer: ScriptedPeer, _ options: RPCClient.Options = .init()) -> RPCClient {
    RPCClient(node: NodeAddress(host: "127.0.0.1", port: peer.port), options: options)
  }

  private func failure(_ client: RPCClient, timeout: Duration = .seconds(20)) async throws -> RPCError {
    do {
      _ = try await client.get(1, timeout: timeout)
    } catch let error as RPCError {
      return error
    }
    throw Unexpected()
  }

  @Test func aRefusedPortFailsAtOnceAndThenAgainWithoutTrying() async throws {
    let node = NodeAddress(host: "127.0.0.1", port: try freePort())
    var options = RPCClient.Options()
    options.backOff = BackOff(first: .seconds(100), longest: .seconds(100))
    let client = RPCClient(node: node, options: options)
    for _ in 0..<2 {
      let error = try await failure(client)
      guard case .connect(node, "RPC_RRDB_RRDB_GET", let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.hasPrefix("cannot connect to \(node): connection refused"))
      #expect(!error.mayHaveBeenApplied)
    }
    // Calls of the hot path hear of it after `send` has returned.
    let recorder = Recorder()
    try client.put(3, to: recorder)
    #expect(recorder.count == 0)
    try await eventually { recorder.count == 1 }
    client.close()
  }

  @Test func theNodeIsFoundAgainWhenItComesBack() async throws {
    let port = try freePort()
    var options = RPCClient.Options()
    options.backOff = BackOff(first: .milliseconds(5), longest: .milliseconds(20))
    let client = RPCClient(node: NodeAddress(host: "localhost", port: port), options: options)
    _ = try await failure(client)
    let server = try RPCServer(host: "127.0.0.1", port: port, handler: EchoService())
    try await eventually("a connection") { (try? await client.get(4)) == Array("4".utf8) }
    server.close()
    // The connection worked before, so the next call connects at once.
    try await eventually("the loss is seen") { !client.isConnected }
    let again = try RPCServer(host: "127.0.0.1", port: port, handler: EchoService())
    #expect(try await client.get(5) == Array("5".utf8))
    #expect(client.connections == 2)
    client.close()
    again.close()
  }

  @Test func aServerThatSaysNothingIsTimedOutAndItsLateAnswerDropped() async throws {
    let peer = try ScriptedPeer { connection, _ in
      let (_, opening) = try await connection.receiveRequest()
      connection.send(replyFrame(sequenceID(of: opening), body: readResponse("hello")))
      let (_, first) = try await connection.receiveRequest()
      let (_, second) = try await connection.receiveRequest()
      connection.send(replyFrame(sequenceID(of: first), body: readResponse("late")))
      connection.send(replyFrame(sequenceID(of: second), body: readResponse("in time")))
      _ = try await connection.receiveAll()
    }
    let client = client(peer)
    _ = try await client.get(0)
    let error = try await failure(client, timeout: .milliseconds(30))
    guard case .timeout(client.node, "RPC_RRDB_RRDB_GET", let after, wasSent: true) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(after >= .milliseconds(30))
    #expect(error.mayHaveBeenApplied)
    #expect(try await client.get(2) == Array("in time".utf8))
    #expect(client.lateReplies == 1)
    #expect(client.connections == 1)
    client.close()
  }

  @Test func aConnectionThatNeverOpensTimesOut() async throws {
    // A full backlog: the kernel answers nothing.
    var options = RPCClient.Options()
    options.connectTimeout = .milliseconds(50)
    // TEST-NET-1 is routed nowhere; some machines refuse it at once, which is as good.
    let client = RPCClient(node: NodeAddress(host: "192.0.2.1", port: 9), options: options)
    let error = try await failure(client, timeout: .seconds(10))
    guard case .connect = error else {
      Issue.record("\(error)")
      return
    }
    #expect(!error.mayHaveBeenApplied)
    client.close()
  }

  @Test func aCallMayTimeOutWhileConnectingAndIsNeverSent() async throws {
    let client = RPCClient(node: NodeAddress(host: "192.0.2.1", port: 9))
    let error = try await failure(client, timeout: .milliseconds(20))
    #expect(!error.mayHaveBeenApplied)
    client.close()
  }

  @Test func repliesMayComeByteByByte() async throws {
    let peer = try ScriptedPeer { connection, _ in
      for value in ["a", "bc"] {
        let (_, body) = try await connection.receiveRequest()
        try await connection.sendByteByByte(replyFrame(sequenceID(of: body), body: readResponse(value)))
      }
      _ = try await connection.receiveAll()
    }
    let client = client(peer)
    #expect(try await client.get(1) == Array("a".utf8))
    #expect(try await client.get(2) == Array("bc".utf8))
    client.close()
  }

  @Test(arguments: [
    (Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), 0), ([0, 0, 0, 3, 1, 2, 3], 0), ([0x7f, 0xff, 0xff, 0xff], 0),
    ([0x80, 0, 0, 0], 0), ([0, 0, 0, 20] + [UInt8](repeating: 0xee, count: 16), 8),
    (replyFrame(0x7fff_fff0, body: []), 0),
  ])
  func garbageClosesTheConnectionAndSaysWhere(_ bytes: [UInt8], _ offset: Int) async throws {
    let peer = try ScriptedPeer { connection, _ in
      _ = try await connection.receiveRequest()
      connection.send(bytes)
      _ = try await connection.receiveAll()
    }
    let client = client(peer)
    let other = Recorder()
    try client.put(9, to: other)
    let error = try await failure(client)
    guard case .garbage(client.node, "RPC_RRDB_RRDB_GET", let byte) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(byte.offset == offset)
    #expect(error.mayHaveBeenApplied)
    try await eventually { other.count == 1 }
    #expect(other.failure(9)?.method == "RPC_RRDB_RRDB_PUT")
    #expect(!client.isConnected)
    client.close()
  }

  @Test func aBodyThatCannotBeReadIsGarbageToo() async throws {
    let body: [UInt8] = [0x0c, 0, 0, 0x0c, 0, 2, 0, 0, 0, 99]
    let peer = try ScriptedPeer { connection, _ in
      let (_, request) = try await connection.receiveRequest()
      connection.send(replyFrame(sequenceID(of: request), body: body))
      _ = try await connection.receiveAll()
    }
    let client = client(peer)
    let error = try await failure(client)
    guard case .garbage(_, _, let byte) = error else {
      Issue.record("\(error)")
      return
    }
    // Behind the frame's own 47 bytes: length, error, message header.
    #expect(byte == ByteError(offset: replyFrame(1, body: []).count + 10, reason: .truncated(needed: 99, available: 0)))
    client.close()
  }

  @Test func aServerThatClosesFailsWhatItHasRead() async throws {
    let peer = try ScriptedPeer { connection, number in
      let (_, body) = try await connection.receiveRequest()
      connection.send(replyFrame(sequenceID(of: body), body: readResponse("\(number)")))
      _ = try await connection.receiveRequest()
    }
    let client = client(peer)
    #expect(try await client.get(1) == Array("0".utf8))
    let error = try await failure(client)
    guard case .closed(client.node, "RPC_RRDB_RRDB_GET", "the server closed it", _, wasSent: true) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try await client.get(3) == Array("1".utf8))
    client.close()
  }

  @Test func answersOutOfOrderFindTheirCalls() async throws {
    let peer = try ScriptedPeer { connection, _ in
      var ids: [Int32] = []
      for _ in 0..<20 { ids.append(sequenceID(of: try await connection.receiveRequest().body)) }
      for (number, id) in ids.enumerated().reversed() {
        connection.send(replyFrame(id, body: readResponse("answer \(number)")))
      }
      _ = try await connection.receiveAll()
    }
    let client = client(peer)
    let recorder = Recorder()
    for number in 0..<20 { try client.put(number, to: recorder) }
    try await eventually { recorder.count == 20 }
    #expect(recorder.order == (0..<20).reversed().map { UInt64($0) })
    client.close()
  }

  @Test func cancellingATaskGivesItsCallUp() async throws {
    let peer = try ScriptedPeer { connection, _ in _ = try await connection.receiveAll() }
    let client = client(peer)
    let task = Task { @LoopActor in try await client.get(1, timeout: .seconds(3600)) }
    try await eventually { client.outstanding == 1 && client.isConnected && client.bufferedBytes == 0 }
    task.cancel()
    await #expect(throws: RPCError.cancelled(client.node, "RPC_RRDB_RRDB_GET", wasSent: true)) {
      _ = try await task.value
    }
    #expect(client.outstanding == 0)
    client.close()
  }

  @Test func closingAClientFailsItsCallsAndAllLaterOnes() async throws {
    let peer = try ScriptedPeer { connection, _ in _ = try await connection.receiveAll() }
    let client = client(peer)
    let recorder = Recorder()
    try client.put(1, to: recorder)
    try await eventually { client.isConnected }
    client.close()
    #expect(recorder.count == 1)
    let error = try await failure(client)
    #expect("\(error)" == "RPC_RRDB_RRDB_GET to \(client.node): the client has been closed")
  }

  @Test func aSinkMayCallAndCloseFromWithin() async throws {
    let pair = try Pair()
    let recorder = Recorder()
    recorder.onOutcome = { token in
      if token < 5 { try? pair.client.put(Int(token) + 1, to: recorder) } else if token == 5 { pair.client.close() }
    }
    try pair.client.put(0, to: recorder)
    try await eventually { recorder.count == 6 }
    #expect(recorder.order == [0, 1, 2, 3, 4, 5])
    pair.server.close()
  }
}
