/// Why a request has no answer.
package struct HTTPFailure: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// No connection could be made: the request was not sent.
    case unreachable
    /// The time was over.
    case timedOut
    /// The connection ended before the answer did.
    case truncated
    /// The task was cancelled.
    case cancelled
    /// The body is longer than the call allows.
    case tooLong
    /// What receives the body could not take it.
    case refused
    /// What is to be sent cannot be read.
    case unreadable
    /// libcurl is missing, the address is none, TLS does not come about, …
    case other
  }

  package var kind: Kind
  package var method: String
  /// Where it failed: another place than asked when a redirection was followed.
  package var url: String
  /// What happened, without a full stop.
  package var detail: String

  package init(_ kind: Kind, method: String, url: String, detail: String) {
    self.kind = kind
    self.method = method
    self.url = url
    self.detail = detail
  }

  package var description: String { "\(method) \(url): \(detail)" }
}
