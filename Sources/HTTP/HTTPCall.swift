/// A request to an HTTP server.
package struct HTTPCall: Sendable {
  /// What is sent behind the head.
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// The contents of a file, read while they are sent.
    case file(String)
  }

  /// "GET", "PUT", "DELETE", "POST" or "HEAD".
  package var method: String
  /// With its query, encoded; `http` or `https`.
  package var url: String
  /// In order; further ones that HTTP needs are added.
  package var headers: [(name: String, value: String)] = []
  package var body = Body.none
  /// Whether an answer with a `Location` is followed, to at most five other places.
  package var followsRedirects = true
  /// From the start to the last byte of the answer; nil = as long as something moves.
  package var timeout: Duration?
  package var connectTimeout = Duration.seconds(10)
  /// How long nothing may move.
  package var stallTimeout = Duration.seconds(60)
  /// Longest body taken into memory, in bytes. What goes into a sink has no limit.
  package var bodyLimit = 16 << 20

  package init(_ method: String = "GET", _ url: String) {
    self.method = method
    self.url = url
  }
}
