import Glibc

/// What went wrong with a socket: what was being done, the errno, and with whom.
package struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A verb phrase: "connect to 10.1.2.3:34601".
  package var operation: String
  /// The errno; 0 when `detail` says it.
  package var code: Int32
  package var detail: String

  package init(_ operation: String, code: Int32) {
    self.operation = operation
    self.code = code
    detail = Self.text(of: code)
  }

  package init(_ operation: String, detail: String) {
    self.operation = operation
    code = 0
    self.detail = detail
  }

  package var isRefused: Bool { code == ECONNREFUSED }

  package var description: String { "cannot \(operation): \(detail)" }

  /// The system's words for an errno, in lower case: "connection refused".
  package static func text(of code: Int32) -> String {
    // Lists the usual ones: strerror is neither reentrant nor in our tone.
    switch code {
    case ECONNREFUSED: "connection refused"
    case ECONNRESET, EPIPE: "connection reset by the other side"
    case ETIMEDOUT: "timed out"
    case EHOSTUNREACH, ENETUNREACH: "no route to the host"
    case EADDRINUSE: "address already in use"
    case EADDRNOTAVAIL: "address not available on this machine"
    case EACCES, EPERM: "permission denied"
    case EMFILE, ENFILE: "too many open files"
    case ECONNABORTED: "connection aborted"
    default: generic(code)
    }
  }

  private static func generic(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
      guard let start = buffer.baseAddress, strerror_r(code, start, buffer.count) == 0 else { return "error \(code)" }
      return String(cString: start).lowercased()
    }
  }
}
