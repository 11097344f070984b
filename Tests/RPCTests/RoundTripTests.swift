import Bytes
import EventLoop
import PegasusProtocol
import TestSupport
import Testing

@testable import RPC

@Suite @LoopActor struct RoundTripTests {
  @Test func callsAreAnswered() async throws {
    let pair = try Pair()
    #expect(try await pair.client.get(7) == Array("7".utf8))
    let text = try await pair.client.call(
      CliCliCall.self, Command(cmd: "help"), header: .server(timeoutMilliseconds: 1000), timeout: .seconds(20))
    #expect(text == "done")
    #expect(pair.service.requests.map(\.gpid) == [GPID(appID: 2, partitionIndex: 5), GPID()])
    #expect(pair.client.outstanding == 0)
    pair.close()
  }

  @Test func manyTasksShareOneConnection() async throws {
    let pair = try Pair()
    let client = pair.client
    let tasks = (0..<50).map { task in
      Task { @LoopActor in
        for number in 0..<20 {
          let answer = try await client.get(task * 100 + number)
          #expect(answer == Array("\(task * 100 + number)".utf8))
        }
      }
    }
    for task in tasks { try await task.value }
    #expect(pair.client.connections == 1)
    #expect(pair.server.connectionCount == 1)
    pair.close()
  }

  @Test func thePutsOfOneTurnAreOneWriteAndOneGroup() async throws {
    let pair = try Pair()
    _ = try await pair.client.get(0)
    pair.service.commitsInGroups = true
    let (writes, turns) = (pair.client.writeCalls, pair.service.turns)
    let recorder = Recorder()
    for number in 0..<1000 { try pair.client.put(number, to: recorder) }
    #expect(pair.client.outstanding == 1000)
    try await eventually { recorder.count == 1000 }
    #expect(pair.client.writeCalls - writes <= 4)
    #expect(pair.service.turns - turns <= 20)
    #expect(pair.service.decree == 1000)
    #expect(recorder.outcomes.values.allSatisfy { $0.count == 1 })
    pair.close()
  }

  @Test func anErrorOfTheFrameNamesServerAndMethod() async throws {
    let pair = try Pair()
    await #expect(
      throws: RPCError.server(.handlerNotFound, "RPC_CM_LIST_APPS", pair.client.node)
    ) {
      try await pair.client.call(
        ListApps.self, ConfigurationListAppsRequest(), header: .server(timeoutMilliseconds: 1000),
        timeout: .seconds(20))
    }
    pair.close()
  }

  @Test func answersMayComeLaterAndInAnyOrder() async throws {
    let pair = try Pair()
    pair.service.keeps = true
    let recorder = Recorder()
    for number in 0..<3 { try pair.client.put(number, to: recorder) }
    try await eventually { pair.service.kept.count == 3 }
    for index in [2, 0, 1] { pair.service.answerPut(pair.service.kept[index]) }
    try await eventually { recorder.count == 3 }
    #expect(recorder.order == [2, 0, 1])
    pair.close()
  }

  @Test func theLargestFramesPass() async throws {
    let pair = try Pair()
    let value = [UInt8](repeating: 5, count: 20 << 20)
    let response = try await pair.client.call(
      Put.self, UpdateRequest(key: key(1), value: value), header: try partition(), timeout: .seconds(60))
    #expect(response.decree == 1)
    pair.close()
  }

  @Test func aSlowClientIsNotReadUntilItFetchesItsAnswers() async throws {
    var options = RPCServer.Options()
    options.outputLimit = 1 << 20
    let pair = try Pair(options: options)
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    connection.pause()
    let big = try PegasusKey(hashKey: [1], sortKey: [UInt8](repeating: 9, count: 100_000))
    var request = ByteBuffer()
    for number in 1...400 {
      RequestFrame.append(
        Get.self, header: try partition(), sequenceID: Int32(number), request: big, into: &request)
    }
    connection.send(request.array())
    try await eventually("the server stops reading") { pair.server.requests > 10 && pair.server.requests < 400 }
    let seen = pair.server.requests
    #expect(seen < 400)
    connection.resume()
    try await eventually("the server reads on") { pair.server.requests == 400 && connection.available > 400 * 100_000 }
    connection.close()
    pair.close()
  }
}
