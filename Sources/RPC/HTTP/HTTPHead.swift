import Bytes

/// The lines in front of an HTTP body: the first line and the headers.
struct HTTPHead {
  /// Longest head taken.
  static let limit = 64 << 10

  var firstLine: String
  /// Names in lower case; of repeated ones the last counts.
  var headers: [String: String]
  /// Bytes of the head, its empty line included.
  var length: Int

  /// Nil while the empty line is missing.
  static func next(in bytes: RawSpan) throws(HTTPError) -> HTTPHead? {
    guard let end = endOfHead(bytes) else {
      if bytes.byteCount > limit { throw HTTPError(status: 413, "the head is longer than \(limit) bytes") }
      return nil
    }
    guard end <= limit else { throw HTTPError(status: 413, "the head is longer than \(limit) bytes") }
    let text = bytes.extracting(0..<end).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    var lines = text.split(omittingEmptySubsequences: true) { $0 == "\r\n" || $0 == "\n" }[...]
    guard let first = lines.popFirst() else { throw HTTPError("an empty request") }
    var headers: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
        throw HTTPError("a header without a colon: '\(line.prefix(80))'")
      }
      headers[line[..<colon].lowercased()] = trimmed(line[line.index(after: colon)...])
    }
    return HTTPHead(firstLine: String(first), headers: headers, length: end)
  }

  /// The announced length of the body; nil when there is none, an error when it is no number.
  func contentLength() throws(HTTPError) -> Int? {
    guard let text = headers["content-length"] else { return nil }
    guard let length = Int(text), length >= 0 else { throw HTTPError("Content-Length '\(text)'") }
    return length
  }

  var isChunked: Bool { headers["transfer-encoding"]?.lowercased().hasSuffix("chunked") ?? false }

  private static func endOfHead(_ bytes: RawSpan) -> Int? {
    bytes.withUnsafeBytes { bytes in
      var index = 0
      while index < bytes.count {
        if bytes[index] == 10 {
          if index + 1 < bytes.count, bytes[index + 1] == 10 { return index + 2 }
          if index + 2 < bytes.count, bytes[index + 1] == 13, bytes[index + 2] == 10 { return index + 3 }
        }
        index += 1
      }
      return nil
    }
  }

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
