import Glibc
package import HTTP
package import StorageEngine

/// A storage did not do what was asked: what that was, where, why, and what to try.
package struct BlockServiceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What can be told apart by who goes on after it.
  package enum Kind: Sendable {
    case notFound
    /// The user may not.
    case denied
    case noSpace
    /// Nobody answers there.
    case unreachable
    case timedOut
    /// Less came than was announced.
    case truncated
    /// What is there is not what a storage service would have written.
    case damaged
    case cancelled
    /// What was asked for makes no sense.
    case invalid
    case other
  }

  package var kind: Kind
  /// "list", "read", "write", …
  package var operation: String
  /// The path on the storage, or the URL.
  package var place: String
  /// Without a full stop.
  package var detail: String
  /// What to try where more can be said than `kind` does, a whole sentence.
  package var hint = ""

  /// Secrets in the query of a URL are left out.
  package init(_ kind: Kind, _ operation: String, _ place: String, _ detail: String, hint: String = "") {
    self.kind = kind
    self.operation = operation
    self.place = Self.withoutSecrets(place)
    self.detail = detail
    self.hint = hint
  }

  private static func withoutSecrets(_ place: String) -> String {
    let name = "\(WebHDFSAccess.tokenParameter)="
    guard let start = place.firstRange(of: name)?.upperBound else { return place }
    return place[..<start] + "…" + place[start...].drop { $0 != "&" }
  }

  package init(_ error: FileError, _ operation: String) {
    let kind: Kind =
      switch error.code {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM, EROFS: .denied
      case _ where error.isNoSpace: .noSpace
      default: .other
      }
    self.init(kind, operation, error.path, "\(error.operation): \(String(cString: strerror(error.code)))")
  }

  package init(_ failure: HTTPFailure, _ operation: String) {
    let kind: Kind =
      switch failure.kind {
      case .unreachable: .unreachable
      case .timedOut: .timedOut
      case .truncated: .truncated
      case .cancelled: .cancelled
      default: .other
      }
    self.init(kind, operation, failure.url, "\(failure.method): \(failure.detail)")
  }

  package var description: String { "\(operation) \(place): \(detail)" }

  /// What to try, a whole sentence; empty where nothing can be said.
  package var advice: String {
    guard hint.isEmpty else { return hint }
    return switch kind {
    case .denied: "Give the user of this shell the right to do that on the storage."
    case .noSpace: "Make room there, then repeat the command: what is complete is not done again."
    case .unreachable, .timedOut:
      "See whether the storage is up and can be reached from this machine, then repeat the command."
    case .truncated: "Repeat the command; if it happens again, look into the storage's own logs."
    default: ""
    }
  }
}
