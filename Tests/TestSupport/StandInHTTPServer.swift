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
        var head = "HTTP/1.1 \(reply.status) Status\r\nContent-Length: \(reply.body.count)\r\n"
        for (name, value) in reply.headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        connection.send(Array((head + "\r\n").utf8))
        if request.method != "HEAD" { connection.send(Array(reply.body.prefix(reply.cutAfter ?? .max))) }
        if reply.cutAfter != nil { return }
      }
    }
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
