import BackupLayout
import EventLoop
import StorageEngine

/// Who asks WebHDFS or HttpFS. Kerberos itself is not spoken.
package enum WebHDFSAccess: Sendable, Equatable {
  /// Without a name: name nodes take it for `dr.who`, gateways refuse it.
  case anonymous
  /// Simple authentication: the server believes it.
  case user(String)
  /// A delegation token in a file, read before each question, so that it may be renewed meanwhile: the token alone, or the
  /// answer of GETDELEGATIONTOKEN.
  case token(file: String)

  static let tokenParameter = "delegation"
  private static let userParameter = "user.name"

  /// What goes into the query.
  func parameter(_ operation: String) async throws(BlockServiceError) -> (name: String, value: String)? {
    switch self {
    case .anonymous: return nil
    case .user(let name): return (Self.userParameter, name)
    case .token(let file):
      let bytes: [UInt8]
      do {
        bytes = try await BlockingPool.run { try Files.read(file) ?? [] }
      } catch {
        throw (error as? FileError).map { BlockServiceError($0, operation) }
          ?? BlockServiceError(.other, operation, file, "\(error)")
      }
      guard let token = WebHDFSToken.read(bytes) else {
        throw BlockServiceError(
          .denied, operation, file, "there is no delegation token in the file", hint: Self.tokenHint)
      }
      return (Self.tokenParameter, token)
    }
  }

  /// What to do when the server does not let the shell in.
  ///
  /// - Parameters:
  ///   - scheme: what the server asks for: the header `WWW-Authenticate`, empty without one
  ///   - provider: the section of the configuration
  func hint(scheme: String, isTokenRefused: Bool, provider: String) -> String {
    let section = "[block_service.\(provider)]"
    switch self {
    case .token: return isTokenRefused || !scheme.isEmpty ? Self.tokenHint : ""
    case _ where scheme.lowercased().hasPrefix("negotiate"):
      return
        "This Hadoop wants Kerberos, which is not spoken here: name an HttpFS with simple authentication as 'http', "
        + "or a file with a delegation token as 'delegation_file' in \(section)."
    case .anonymous:
      return "Write 'user = <name>' into \(section): without it the shell is nobody there ('dr.who')."
    case .user(let name):
      return "Give '\(name)' the right to do that on the storage, or write another 'user' into \(section)."
    }
  }

  private static let tokenHint =
    "Fetch a new delegation token into the file, then repeat the command: curl --negotiate -u : "
    + "'http://<name node>:9870/webhdfs/v1/?op=GETDELEGATIONTOKEN' -o <file>."
}
