import Bytes

/// An HTTP request on the RPC port.
package struct HTTPRequest: Equatable, Sendable {
  /// "GET", "POST" or "HEAD".
  package var method: String
  /// Decoded, without the query: "/metrics".
  package var path: String
  /// The query's names and values, decoded, in order.
  package var query: [(name: String, value: String)]
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]
  package var keepsAlive: Bool

  package init(
    method: String, path: String, query: [(name: String, value: String)] = [], headers: [String: String] = [:],
    body: [UInt8] = [], keepsAlive: Bool = true
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.keepsAlive = keepsAlive
  }

  /// The first value of that name in the query.
  package func parameter(_ name: String) -> String? {
    query.first { $0.name == name }?.value
  }

  package static func == (left: HTTPRequest, right: HTTPRequest) -> Bool {
    left.method == right.method && left.path == right.path && left.headers == right.headers
      && left.body == right.body && left.keepsAlive == right.keepsAlive
      && left.query.elementsEqual(right.query) { $0 == $1 }
  }
}

/// What answers an HTTP request: text, as Pegasus' servers send it, with its length.
package struct HTTPResponse: Equatable, Sendable {
  package var status: Int
  package var contentType: String
  /// Further headers, such as "Location".
  package var headers: [String: String]
  package var body: [UInt8]

  package init(
    status: Int = 200, contentType: String = "text/plain", headers: [String: String] = [:], body: [UInt8]
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  package init(
    status: Int = 200, contentType: String = "text/plain", headers: [String: String] = [:], body: String
  ) {
    self.init(status: status, contentType: contentType, headers: headers, body: Array(body.utf8))
  }

  package static var notFound: HTTPResponse { HTTPResponse(status: 404, body: "not found\n") }

  func append(to buffer: inout ByteBuffer, isHead: Bool, keepsAlive: Bool) {
    buffer.append(utf8: "HTTP/1.1 \(status) \(Self.reason(status))\r\nContent-Type: \(contentType)\r\n")
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { buffer.append(utf8: "\(name): \(value)\r\n") }
    if !keepsAlive { buffer.append(utf8: "Connection: close\r\n") }
    buffer.append(utf8: "Content-Length: \(body.count)\r\n\r\n")
    if !isHead { buffer.append(body) }
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 307: "Temporary Redirect"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 411: "Length Required"
    case 413: "Content Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}

/// An HTTP message that cannot be read or had no answer.
package struct HTTPError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What a server answers to it.
  package var status: Int
  package var reason: String

  package init(status: Int = 400, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  package var description: String { reason }
}
