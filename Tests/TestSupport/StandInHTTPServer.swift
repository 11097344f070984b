import Bytes
package import EventLoop

/// An HTTP server whose answers a test writes down. Connections are kept open; bodies come with their length.
@LoopActor
package final class StandInHTTPServer {
  package struct Request: Sendable {
    package var method: String
    /// Without the query, not decoded.
    package var path: String
    /// Names and values as they came.
    package var query: [String: String]
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]
  }

  package struct Answer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]
    /// The connection is closed after so many bytes of the body; nil: all of it is sent.
    package var cutAfter: Int?
    /// An interim answer goes in front, whether it was asked for or not.
    package var continues = false
    /// The length is not told in front; the body comes in chunks.
    package var isChunked = false
    /// The connection is closed behind it.
    package var closes = false
    /// The body comes in so many pieces, with a pause before each.
    package var pace: (pieces: Int, pause: Duration)?

    package init(_ status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], cutAfter: Int? = nil) {
      self.status = status
      self.headers = headers
      self.body = body
      self.cutAfter = cutAfter
    }
  }

  private var peer: ScriptedPeer?
  package private(set) var requests: [Request] = []
  package var port: UInt16 { peer?.port ?? 0 }
  package var address: String { "127.0.0.1:\(port)" }
  package var connections: Int { peer?.connections ?? 0 }

  package init(_ answer: @escaping @LoopActor (Request) async throws -> Answer) throws {
    peer = try ScriptedPeer { [weak self] connection, _ in
      while let request = try await Self.receive(connection) {
        self?.requests.append(request)
        let reply = try await answer(request)
        try await Self.send(reply, to: request, connection)
        if reply.cutAfter != nil || reply.closes { return }
      }
    }
  }

  private static func send(_ answer: Answer, to request: Request, _ connection: ScriptedConnection) async throws {
    var head = answer.continues ? "HTTP/1.1 100 Continue\r\n\r\n" : ""
    head += "HTTP/1.1 \(answer.status) Status\r\n"
    head += answer.isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(answer.body.count)\r\n"
    if answer.closes { head += "Connection: close\r\n" }
    for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
    connection.send(Array((head + "\r\n").utf8))
    guard request.method != "HEAD" else { return }
    let body = answer.body.prefix(answer.cutAfter ?? .max)
    let size = max(1, (body.count + (answer.pace?.pieces ?? 1) - 1) / (answer.pace?.pieces ?? 1))
    var rest = body[...]
    while !rest.isEmpty {
      if let pause = answer.pace?.pause { try await loopSleep(pause) }
      let piece = rest.prefix(size)
      rest = rest.dropFirst(size)
      if answer.isChunked { connection.send(Array("\(String(piece.count, radix: 16))\r\n".utf8)) }
      connection.send(Array(piece))
      if answer.isChunked { connection.send([13, 10]) }
    }
    if answer.isChunked, answer.cutAfter == nil { connection.send(Array("0\r\n\r\n".utf8)) }
  }

  package func stop() { peer?.stop() }

  private static func receive(_ connection: ScriptedConnection) async throws -> Request? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      do {
        head += try await connection.receive(1)
      } catch is ScriptedConnection.Ended {
        return nil
      }
    }
    var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")[...]
    let words = (lines.popFirst() ?? "").split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description }
    }
    let target = words[1].split(separator: "?", maxSplits: 1)
    var query: [String: String] = [:]
    for item in target.count > 1 ? target[1].split(separator: "&") : [] {
      let parts = item.split(separator: "=", maxSplits: 1)
      query[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    return Request(
      method: String(words[0]), path: String(target.first ?? ""), query: query, headers: headers,
      body: try await connection.receive(Int(headers["content-length"] ?? "0") ?? 0))
  }
}
