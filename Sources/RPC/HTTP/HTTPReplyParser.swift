import Bytes

/// What a server answered.
package struct HTTPReply: Equatable, Sendable {
  package var status: Int
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]

  package var text: String { String(decoding: body, as: UTF8.self) }
}

/// Reads one reply piece by piece: bodies with a length, in chunks, or up to the end of the connection. Pure.
struct HTTPReplyParser {
  private enum Body {
    case unknown
    case length(Int)
    case chunkSize
    case chunk(Int)
    case chunkEnd
    case trailers
    case untilEnd
  }

  private let limit: Int
  private var stage = Body.unknown
  private var reply = HTTPReply(status: 0, headers: [:], body: [])

  /// `limit`: the longest body taken.
  init(limit: Int) {
    self.limit = limit
  }

  /// Takes what it can out of `input`; the reply when it is complete. `isAtEnd`: nothing will follow.
  mutating func take(_ input: inout ByteBuffer, isAtEnd: Bool) throws(HTTPError) -> HTTPReply? {
    while true {
      switch stage {
      case .unknown:
        guard try takeHead(&input) else { return try missing(isAtEnd) }
      case .length(let left):
        let count = min(left, input.count)
        try takeBody(&input, count)
        if left == count { return reply }
        stage = .length(left - count)
        return try missing(isAtEnd)
      case .untilEnd:
        try takeBody(&input, input.count)
        return isAtEnd ? reply : nil
      case .chunkSize:
        guard let line = try Self.line(&input) else { return try missing(isAtEnd) }
        guard let size = Int(HTTPHead.trimmed(line.split(separator: ";").first ?? ""), radix: 16), size >= 0 else {
          throw HTTPError("chunk size '\(line.prefix(20))'")
        }
        stage = size == 0 ? .trailers : .chunk(size)
      case .chunk(let left):
        let count = min(left, input.count)
        try takeBody(&input, count)
        stage = left == count ? .chunkEnd : .chunk(left - count)
        if left > count { return try missing(isAtEnd) }
      case .chunkEnd:
        guard try Self.line(&input) != nil else { return try missing(isAtEnd) }
        stage = .chunkSize
      case .trailers:
        guard let line = try Self.line(&input) else { return try missing(isAtEnd) }
        if line.isEmpty { return reply }
      }
    }
  }

  private func missing(_ isAtEnd: Bool) throws(HTTPError) -> HTTPReply? {
    if isAtEnd { throw HTTPError("the connection ended in the middle of the reply") }
    return nil
  }

  private mutating func takeHead(_ input: inout ByteBuffer) throws(HTTPError) -> Bool {
    guard let head = try HTTPHead.next(in: input.bytes) else { return false }
    let words = head.firstLine.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
      throw HTTPError("not a status line: '\(head.firstLine.prefix(80))'")
    }
    input.consume(head.length)
    // 100 Continue and its like precede the real head.
    guard status >= 200 else { return try takeHead(&input) }
    reply.status = status
    reply.headers = head.headers
    if head.isChunked {
      stage = .chunkSize
    } else if let length = try head.contentLength() {
      guard length <= limit else { throw HTTPError("a body of \(length) bytes") }
      stage = .length(length)
    } else {
      stage = status == 204 || status == 304 ? .length(0) : .untilEnd
    }
    return true
  }

  private mutating func takeBody(_ input: inout ByteBuffer, _ count: Int) throws(HTTPError) {
    guard reply.body.count + count <= limit else { throw HTTPError("a body of more than \(limit) bytes") }
    input.bytes.extracting(0..<count).withUnsafeBytes { reply.body.append(contentsOf: $0) }
    input.consume(count)
  }

  /// A line without its end; nil while it is incomplete.
  private static func line(_ input: inout ByteBuffer) throws(HTTPError) -> Substring? {
    let end = input.bytes.withUnsafeBytes { $0.firstIndex(of: 10) }
    guard let end else {
      if input.count > HTTPHead.limit { throw HTTPError("a line without an end") }
      return nil
    }
    var text = input.bytes.extracting(0..<end).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }[...]
    if text.last == "\r" { text.removeLast() }
    input.consume(end + 1)
    return text
  }
}
