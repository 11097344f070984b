import EventLoop
import Glibc
import HTTP
import TestSupport
import Testing

@LoopActor
@Suite struct HTTPClientTests {
  typealias Answer = StandInHTTPServer.Answer

  final class Sink: HTTPBodySink, @unchecked Sendable {
    struct Full: Error, CustomStringConvertible { var description: String { "the vessel is full" } }
    // Only the transfer thread writes, and the test reads after the end.
    var bytes: [UInt8] = []
    let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    func take(_ bytes: RawSpan) throws {
      self.bytes += bytes.withUnsafeBytes { Array($0) }
      if self.bytes.count > limit { throw Full() }
    }
  }

  private func failure(_ body: () async throws(HTTPFailure) -> Void) async -> HTTPFailure? {
    do throws(HTTPFailure) {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test func asksAndIsAnswered() async throws {
    let server = try StandInHTTPServer { request in
      Answer(request.path == "/a" ? 200 : 404, headers: ["X-Name": " value: 1"], body: Array("hello".utf8))
    }
    var call = HTTPCall("GET", "http://\(server.address)/a?x=1&y=2")
    call.headers = [("X-Mine", "me")]
    let answer = try await HTTPClient.send(call)
    #expect(answer.isSuccess && answer.text == "hello" && answer.headers["x-name"] == "value: 1")
    #expect(answer.url == call.url)
    #expect(server.requests.first?.query == ["x": "1", "y": "2"])
    #expect(server.requests.first?.headers["x-mine"] == "me")
    let missing = try await HTTPClient.send(HTTPCall("DELETE", "http://\(server.address)/b"))
    #expect(missing.status == 404 && missing.text == "hello")
    #expect(server.requests.last?.method == "DELETE")
    #expect(server.connections == 1, "a connection is used again")
  }

  @Test func sendsBodies() async throws {
    let server = try StandInHTTPServer { request in Answer(201, body: Array(request.body.reversed())) }
    var call = HTTPCall("PUT", "http://\(server.address)/")
    #expect(try await HTTPClient.send(call).text.isEmpty)
    #expect(server.requests.last?.headers["content-length"] == "0")
    call.body = .bytes(Array("abc".utf8))
    #expect(try await HTTPClient.send(call).text == "cba")
    let scratch = TemporaryDirectory("http")
    let contents = (0..<200_000).map { "line \($0)\n" }.joined()
    call.method = "POST"
    call.body = .file(scratch.write("file", contents))
    #expect(try await HTTPClient.send(call).body == Array(contents.utf8).reversed())
    #expect(server.requests.last?.headers["expect"] == nil)
    call.body = .file(scratch.file("none"))
    let unreadable = await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(call) }
    #expect(unreadable?.kind == .unreadable && unreadable?.detail.contains("No such file") == true)
  }

  @Test func followsRedirectsWhenAsked() async throws {
    let server = try StandInHTTPServer { request in
      request.path == "/one"
        ? Answer(307, headers: ["Location": "/two?k=v", "X-First": "1"], body: Array("moved".utf8))
        : Answer(200, body: Array("there".utf8))
    }
    var call = HTTPCall("GET", "http://\(server.address)/one")
    let followed = try await HTTPClient.send(call)
    #expect(followed.text == "there" && followed.url.hasSuffix("/two?k=v") && followed.headers["x-first"] == nil)
    call.followsRedirects = false
    let first = try await HTTPClient.send(call)
    #expect(first.status == 307 && first.headers["location"] == "/two?k=v" && first.text == "moved")
    let endless = try StandInHTTPServer { _ in Answer(302, headers: ["Location": "/again"]) }
    let error = await failure { () throws(HTTPFailure) in
      _ = try await HTTPClient.send(HTTPCall("GET", "http://\(endless.address)/"))
    }
    #expect(error?.kind == .other && endless.requests.count == 6)
  }

  @Test func bodiesGoIntoSinks() async throws {
    let long = [UInt8](repeating: 7, count: 1_000_000)
    let server = try StandInHTTPServer { request in Answer(request.path == "/ok" ? 200 : 500, body: long) }
    let call = HTTPCall("GET", "http://\(server.address)/ok")
    let sink = Sink()
    let answer = try await HTTPClient.send(call, into: sink)
    #expect(sink.bytes == long && answer.body.isEmpty)
    let full = await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(call, into: Sink(limit: 10)) }
    #expect(full?.kind == .refused && full?.detail == "the vessel is full")
    let untouched = Sink()
    let wrong = try await HTTPClient.send(HTTPCall("GET", "http://\(server.address)/bad"), into: untouched)
    #expect(untouched.bytes.isEmpty && wrong.status == 500 && wrong.body.count == 256 << 10)
    var short = call
    short.bodyLimit = 1000
    let tooLong = await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(short) }
    #expect(tooLong?.kind == .tooLong)
  }

  @Test func failures() async throws {
    let server = try StandInHTTPServer { request in
      if request.path == "/cut" { return Answer(200, body: [1, 2, 3, 4], cutAfter: 2) }
      try await loopSleep(.seconds(60))
      return Answer()
    }
    let cut = await failure { () throws(HTTPFailure) in
      _ = try await HTTPClient.send(HTTPCall("GET", "http://\(server.address)/cut"))
    }
    #expect(cut?.kind == .truncated)
    #expect(cut?.description.hasPrefix("GET http://\(server.address)/cut: ") == true)
    var slow = HTTPCall("GET", "http://\(server.address)/slow")
    slow.timeout = .milliseconds(50)
    let late = await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(slow) }
    #expect(late?.kind == .timedOut)
    let closed = try freePort()
    let nobody = await failure { () throws(HTTPFailure) in
      _ = try await HTTPClient.send(HTTPCall("GET", "http://127.0.0.1:\(closed)/"))
    }
    #expect(nobody?.kind == .unreachable)
    for url in ["file:///etc/passwd", "http://", "no url"] {
      let odd = await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(HTTPCall("GET", url)) }
      #expect(odd?.kind == .other || odd?.kind == .unreachable, "\(url)")
    }
  }

  @Test func cancelling() async throws {
    let server = try StandInHTTPServer { _ in
      try await loopSleep(.seconds(60))
      return Answer()
    }
    let call = HTTPCall("GET", "http://\(server.address)/")
    let task = Task { @LoopActor in await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(call) } }
    try await eventually { server.requests.count == 1 }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    let early = Task { @LoopActor in
      while !Task.isCancelled { await Task.yield() }
      return await failure { () throws(HTTPFailure) in _ = try await HTTPClient.send(call) }
    }
    early.cancel()
    #expect(await early.value?.kind == .cancelled)
  }

  @Test func manyAtOnce() async throws {
    let server = try StandInHTTPServer { request in Answer(200, body: Array(request.path.utf8)) }
    let address = server.address
    let tasks = (0..<50).map { number in
      Task { @LoopActor in try await HTTPClient.send(HTTPCall("GET", "http://\(address)/\(number)")).text }
    }
    var texts: Set<String> = []
    for task in tasks { texts.insert(try await task.value) }
    #expect(texts == Set((0..<50).map { "/\($0)" }))
  }
}
