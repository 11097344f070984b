import Bytes
import EventLoop
import PegasusProtocol
import TestSupport
import Testing

@testable import RPC

/// What a server does when clients misbehave.
@Suite @LoopActor struct BadClientTests {
  private func getFrame(_ sequenceID: Int32) throws -> [UInt8] {
    var buffer = ByteBuffer()
    RequestFrame.append(Get.self, header: try partition(), sequenceID: sequenceID, request: key(1), into: &buffer)
    return buffer.array()
  }

  private func reply(_ connection: ScriptedConnection) async throws -> [UInt8] {
    let length = try await connection.receive(4)
    return length + (try await connection.receive(length.reduce(0) { $0 << 8 | Int($1) } - 4))
  }

  @Test(arguments: [
    Array("nonsense".utf8), Array("THFT".utf8) + [0, 0, 0, 9] + [UInt8](repeating: 0, count: 40),
    Array("THFT".utf8) + [0, 0, 0, 0, 0, 0, 0, 47] + [UInt8](repeating: 0, count: 36),
    // A body of 2 GiB, and one of none.
    Array("THFT".utf8) + [0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff]
      + [UInt8](repeating: 0, count: 28),
    Array("THFT".utf8) + [0, 0, 0, 0, 0, 0, 0, 48] + [UInt8](repeating: 0, count: 36),
    Array("RDSN".utf8) + [UInt8](repeating: 0xff, count: 188),
  ])
  func aBadHeaderClosesTheConnection(_ bytes: [UInt8]) async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    connection.send(bytes)
    #expect(try await connection.receiveAll().isEmpty)
    #expect(pair.server.rejectedConnections == 1)
    try await eventually { pair.server.connectionCount == 0 }
    pair.close()
  }

  @Test func aReplyOrExceptionWhereARequestBelongsClosesTheConnection() async throws {
    for kind: UInt8 in [2, 3] {
      let pair = try Pair()
      let connection = try await ScriptedConnection.connect(port: pair.server.port)
      var frame = try getFrame(1)
      frame[51] = kind
      connection.send(frame)
      #expect(try await connection.receiveAll().isEmpty)
      pair.close()
    }
  }

  @Test func requestsMayComeByteByByte() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    try await connection.sendByteByByte(try getFrame(77))
    let frame = try await reply(connection)
    #expect(frame == replyFrame(77, body: readResponse("1")))
    pair.close()
  }

  @Test func anUnknownNameIsAnsweredUnderThatName() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    var bytes = try getFrame(5)
    // RPC_RRDB_RRDB_GET → RPC_RRDB_RRDB_GEX
    bytes[48 + 8 + 16] = UInt8(ascii: "X")
    connection.send(bytes)
    let expected = replyFrame(5, method: "RPC_RRDB_RRDB_GEX", error: "ERR_HANDLER_NOT_FOUND", body: [])
    #expect(try await reply(connection) == expected)
    #expect(pair.service.requests.isEmpty)
    // The connection is still good.
    connection.send(try getFrame(6))
    #expect(try await reply(connection) == replyFrame(6, body: readResponse("1")))
    pair.close()
  }

  @Test func anArgumentThatCannotBeReadIsAnsweredWithAnError() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    var frame = try getFrame(8)
    // The length of the key.
    frame[48 + 8 + 17 + 4 + 3 + 3] = 0xff
    connection.send(frame)
    #expect(try await reply(connection) == replyFrame(8, error: "ERR_INVALID_DATA", body: []))
    pair.close()
  }

  @Test func bothVersionsMayMixOnOneConnection() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    var buffer = ByteBuffer()
    for number: Int32 in 1...4 {
      if number % 2 == 0 {
        RequestFrame.append(Get.self, header: try partition(), sequenceID: number, request: key(3), into: &buffer)
      } else {
        RequestFrame.appendVersion1(
          Get.self, header: try partition(), sequenceID: number, request: key(3), into: &buffer)
      }
    }
    connection.send(buffer.array())
    for number: Int32 in 1...4 {
      #expect(try await reply(connection) == replyFrame(number, body: readResponse("3")))
    }
    pair.close()
  }

  @Test func nativeRequestsGetNativeReplies() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    var header = NativeHeader(method: .known(.get))
    header.messageID = 4711
    var body = ByteBuffer()
    body.append([0x0c, 0, 0])
    key(5).encode(into: &body)
    body.append(0 as UInt8)
    header.bodyLength = body.count
    var request = ByteBuffer()
    header.encode(into: &request)
    request.append(body.bytes)
    connection.send(request.array())
    let head = try await connection.receive(NativeHeader.length)
    #expect(head.prefix(4) == Array("RDSN".utf8)[...])
    #expect(head[24] == 4711 & 0xff)
    let length = Int(head[16]) | Int(head[17]) << 8
    #expect(try await connection.receive(length) == readResponse("5"))
    pair.close()
  }

  @Test func clientsThatLeaveAreForgottenAndLateAnswersToThemVanish() async throws {
    let pair = try Pair()
    pair.service.keeps = true
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    connection.send(try getFrame(1))
    try await eventually { pair.service.kept.count == 1 }
    connection.close()
    try await eventually { pair.server.connectionCount == 0 }
    #expect(!pair.service.kept[0].isOpen)
    pair.service.answerPut(pair.service.kept[0])
    pair.close()
  }

  @Test func randomBytesNeverTrap() async throws {
    let pair = try Pair()
    var random = SplitMix(state: 7)
    for round in 0..<60 {
      let connection = try await ScriptedConnection.connect(port: pair.server.port)
      var bytes = try getFrame(1)
      if round % 3 == 0 { bytes = Array("RDSN".utf8) + [UInt8](repeating: 0, count: 300) }
      for _ in 0..<(1 + round % 7) {
        bytes[Int.random(in: 4..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      connection.send(bytes)
      connection.close()
    }
    #expect(try await pair.client.get(1) == Array("1".utf8))
    pair.close()
  }
}
