import Bytes
import EventLoop
import TestSupport
import Testing

@testable import RPC

@Suite struct HTTPParserTests {
  private func parse(_ text: String, limit: Int = 1000) throws -> (HTTPRequest, Int)? {
    var buffer = ByteBuffer()
    buffer.append(utf8: text)
    return try HTTPRequestParser.next(in: buffer.bytes, limit: limit)
  }

  @Test func aRequestIsReadWithItsQuery() throws {
    let text = "GET /a%20b?x=1&name=a+b%2Bc&flag HTTP/1.1\r\nHost: h\r\nX-Thing:  v \r\n\r\nrest"
    let (request, length) = try #require(try parse(text))
    #expect(request.method == "GET")
    #expect(request.path == "/a b")
    #expect(request.query.map(\.name) == ["x", "name", "flag"])
    #expect(request.parameter("name") == "a b+c")
    #expect(request.headers == ["host": "h", "x-thing": "v"])
    #expect(request.keepsAlive)
    #expect(length == text.utf8.count - 4)
  }

  @Test func bodiesHaveTheirLength() throws {
    let text = "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"
    for count in 0..<text.utf8.count {
      #expect(try parse(String(decoding: text.utf8.prefix(count), as: UTF8.self)) == nil)
    }
    let (request, _) = try #require(try parse(text))
    #expect(request.body == Array("hello".utf8))
    #expect(!request.keepsAlive)
  }

  @Test(arguments: [
    ("GET /\r\n\r\n", 400), ("PUT / HTTP/1.1\r\n\r\n", 405), ("GET x HTTP/1.1\r\n\r\n", 400),
    ("GET /%zz HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nbad\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413), ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
  ])
  func badRequestsAreRefused(_ text: String, _ status: Int) throws {
    do {
      _ = try parse(text)
      Issue.record("accepted")
    } catch let error as HTTPError {
      #expect(error.status == status)
    }
  }

  @Test func anEndlessHeadIsRefused() throws {
    #expect(throws: HTTPError.self) { try parse("GET / HTTP/1.1\r\nx: " + String(repeating: "y", count: 70_000)) }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: 1\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nhello world",
  ])
  func repliesAreReadInAnyPieces(_ text: String) throws {
    for size in [1, 2, 3, 7, 1000] {
      var parser = HTTPReplyParser(limit: 100)
      var input = ByteBuffer()
      var reply: HTTPReply?
      var rest = Array(text.utf8)[...]
      while reply == nil {
        input.append(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
        let isAtEnd = rest.isEmpty
        reply = try parser.take(&input, isAtEnd: isAtEnd)
        if isAtEnd { break }
      }
      #expect(reply?.text == "hello world")
      #expect(reply?.status == 200)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello", "nonsense\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
  ])
  func badRepliesAreErrors(_ text: String) {
    var parser = HTTPReplyParser(limit: 100)
    var input = ByteBuffer()
    input.append(utf8: text)
    do {
      _ = try parser.take(&input, isAtEnd: true)
      Issue.record("accepted")
    } catch {
      #expect(!error.reason.isEmpty)
    }
  }
}

@Suite @LoopActor struct HTTPServerTests {
  @Test func theRPCPortAnswersHTTP() async throws {
    let pair = try Pair()
    let reply = try await HTTPGet.fetch(pair.client.node, path: "/metrics?ids=1,2")
    #expect(reply.status == 200)
    #expect(reply.headers["content-type"] == "text/plain")
    #expect(reply.text == "GET [\"ids=1,2\"] 0")
    #expect(try await HTTPGet.fetch(pair.client.node, path: "/nothing").status == 404)
    pair.close()
  }

  @Test func aConnectionServesSeveralRequests() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    connection.send(Array("GET /a HTTP/1.1\r\n\r\nHEAD /metrics HTTP/1.1\r\nConnection: close\r\n\r\n".utf8))
    let text = String(decoding: try await connection.receiveAll(), as: UTF8.self)
    #expect(
      text == "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nnot found\n"
        + "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 9\r\n\r\n")
    pair.close()
  }

  @Test func aBadRequestIsToldSo() async throws {
    let pair = try Pair()
    let connection = try await ScriptedConnection.connect(port: pair.server.port)
    connection.send(Array("GET nonsense\r\n\r\n".utf8))
    let text = String(decoding: try await connection.receiveAll(), as: UTF8.self)
    #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    pair.close()
  }

  @Test func aFetchHasADeadlineAndNamesWhatWentWrong() async throws {
    let silent = try ScriptedPeer { connection, _ in _ = try await connection.receiveAll() }
    let node = NodeAddress(host: "127.0.0.1", port: silent.port)
    await #expect(throws: HTTPError("GET http://\(node)/x: no answer within 20 ms")) {
      try await HTTPGet.fetch(node, path: "/x", timeout: .milliseconds(20))
    }
    let dead = NodeAddress(host: "127.0.0.1", port: try freePort())
    await #expect(throws: HTTPError.self) { try await HTTPGet.fetch(dead, path: "/x") }
    await #expect(throws: HTTPError.self) { try await HTTPGet.fetch(node, path: "/x y") }
  }
}

@Suite struct NodeAddressTests {
  @Test func textBecomesAnAddressOrNothing() {
    #expect(NodeAddress(text: "meta-1.example.org:34601") == NodeAddress(host: "meta-1.example.org", port: 34601))
    #expect(NodeAddress(text: "[::1]:1")?.description == "[::1]:1")
    for text in ["", "host", ":1", "host:", "host:0", "host:65536", "ho st:1", "a/b:1", "host:-1"] {
      #expect(NodeAddress(text: text) == nil)
    }
  }
}
