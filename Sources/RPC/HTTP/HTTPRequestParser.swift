import Bytes

/// Reads requests out of what has arrived. Pure.
enum HTTPRequestParser {
  private static let methods = ["GET", "POST", "HEAD"]

  /// Whether these first bytes may become a request.
  static func begins(_ bytes: RawSpan) -> Bool {
    bytes.withUnsafeBytes { bytes in
      methods.contains { method in (method + " ").utf8.starts(with: bytes.prefix(method.utf8.count + 1)) }
    }
  }

  /// The first request, and its length in bytes; nil while bytes are missing. Head and body may each have `limit` bytes.
  static func next(in bytes: RawSpan, limit: Int) throws(HTTPError) -> (HTTPRequest, Int)? {
    guard let head = try HTTPHead.next(in: bytes) else { return nil }
    let words = head.firstLine.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
      throw HTTPError("not a request line: '\(head.firstLine.prefix(80))'")
    }
    guard methods.contains(String(words[0])) else { throw HTTPError(status: 405, "method \(words[0].prefix(20))") }
    guard head.headers["transfer-encoding"] == nil else { throw HTTPError(status: 411, "a body without a length") }
    let length = try head.contentLength() ?? 0
    guard length <= limit else { throw HTTPError(status: 413, "a body of \(length) bytes") }
    guard bytes.byteCount - head.length >= length else { return nil }
    let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = decoded(parts[0], plusIsSpace: false), path.hasPrefix("/") else {
      throw HTTPError("path '\(parts[0].prefix(80))'")
    }
    let connection = head.headers["connection"]?.lowercased() ?? ""
    let keepsAlive = words[2] == "HTTP/1.0" ? connection.contains("keep-alive") : !connection.contains("close")
    let request = HTTPRequest(
      method: String(words[0]), path: path, query: try query(parts.count > 1 ? parts[1] : ""), headers: head.headers,
      body: [UInt8](bytes.extracting(head.length..<(head.length + length))), keepsAlive: keepsAlive)
    return (request, head.length + length)
  }

  private static func query(_ text: Substring) throws(HTTPError) -> [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    for item in text.split(separator: "&") {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(pair[0], plusIsSpace: true),
        let value = decoded(pair.count > 1 ? pair[1] : "", plusIsSpace: true)
      else { throw HTTPError("query '\(item.prefix(80))'") }
      result.append((name, value))
    }
    return result
  }

  /// Undoes %XX; nil when that is malformed.
  private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)), pair.count == 1 else {
          return nil
        }
        bytes.append(pair[0])
        rest = rest.dropFirst(2)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
